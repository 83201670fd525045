export { moveCredits } from './move.ts'
export { creditsOf, presentTransaction, presentWallet } from './present.ts'
export {
  CreateWallet,
  ListWalletTransactions,
  ListWallets,
  MoveCredits,
  type MovedCredits,
  UpdateWallet,
  type Wallet,
  type WalletNow,
  type WalletTransaction,
  schemas,
} from './schema.ts'
export { activateGrants, planWallets, returnToWallets, writeWallets } from './spend.ts'
export {
  type WalletRow,
  grantsOfWallet,
  insertGrant,
  insertWallet,
  lockWallet,
  saveWallet,
  transactionColumns,
  transactionSelect,
  walletById,
  walletColumns,
  walletSelect,
  walletsOfCustomer,
  walletsToSpend,
} from './sql.ts'
