import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Currency, Instant, Money, closed, oneOf, orNull, words } from '../../http/shapes.ts'

export const transactionTypes = ['TOP_UP', 'SPENT', 'RETURNED', 'VOIDED', 'EXPIRED'] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })
const credits = (description: string) =>
  Type.Unsafe<number | string>({
    type: ['number', 'string'],
    format: 'money',
    exclusiveMinimum: 0,
    maxLength: 40,
    description,
  })

const topUpRule = closed(
  {
    threshold: Type.Unsafe<number | string>({
      type: ['number', 'string'],
      format: 'money',
      minimum: 0,
      maxLength: 40,
      description: 'When the balance falls below so many credits',
    }),
    credits: credits('so many are bought'),
  },
  { description: 'Tops the wallet up by itself' },
)

const fields = {
  name: words(100),
  priority: Type.Integer({
    minimum: 0,
    maximum: 1000,
    description: 'Wallets with a lower one are spent first; 50 unless said',
  }),
  expirationAt: Type.Unsafe<string>({ ...Instant, description: 'When its credits expire' }),
  paidCredits: credits('Bought: an invoice is issued, and they are there when it is paid'),
  grantedCredits: credits('Given away, there at once'),
}

export const CreateWallet = closed({
  customerId: reference,
  currency: Currency,
  name: Type.Optional(fields.name),
  creditRate: Type.Optional(credits('Of the currency for one credit; 1 unless said')),
  paidCredits: Type.Optional(fields.paidCredits),
  grantedCredits: Type.Optional(fields.grantedCredits),
  expirationAt: Type.Optional(fields.expirationAt),
  priority: Type.Optional(fields.priority),
  topUpRule: Type.Optional(topUpRule),
  appliesToPlanIds: Type.Optional(
    Type.Array(reference, {
      minItems: 1,
      maxItems: 100,
      description:
        'Pays only for lines of these plans, and for what else it applies to; everything unless said',
    }),
  ),
  appliesToBillableMetricIds: Type.Optional(
    Type.Array(reference, { minItems: 1, maxItems: 100, description: 'The same for usage of these metrics' }),
  ),
})
export type CreateWallet = Static<typeof CreateWallet>

export const UpdateWallet = closed({
  name: Type.Optional(orNull(fields.name)),
  priority: Type.Optional(fields.priority),
  expirationAt: Type.Optional(
    orNull(
      Type.Unsafe<string>({ ...Instant, description: 'Of credits that come in from now on; null: never' }),
    ),
  ),
  topUpRule: Type.Optional(orNull(topUpRule)),
})
export type UpdateWallet = Static<typeof UpdateWallet>

export const MoveCredits = closed({
  walletId: reference,
  paidCredits: Type.Optional(fields.paidCredits),
  grantedCredits: Type.Optional(fields.grantedCredits),
  voidedCredits: Type.Optional(
    credits('Taken away, those given away first, in the order in which they would be spent'),
  ),
})
export type MoveCredits = Static<typeof MoveCredits>

export const Wallet = Type.Object(
  {
    id: Type.String(),
    customerId: Type.String(),
    currency: Type.String(),
    name: orNull(Type.String()),
    creditRate: Type.Number({ description: 'Of the currency for one credit' }),
    priority: Type.Integer(),
    status: oneOf(['ACTIVE', 'TERMINATED']),
    balance: Type.Number({ description: 'Credits that can be spent' }),
    balanceAmount: { ...Money, description: 'The same in the currency' },
    expirationAt: orNull(Instant),
    topUpRule: orNull(Type.Object({ threshold: Type.Number(), credits: Type.Number() })),
    appliesToPlanIds: orNull(Type.Array(Type.String())),
    appliesToBillableMetricIds: orNull(
      Type.Array(Type.String(), { description: 'Both null: it pays for everything' }),
    ),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Wallet' },
)
export type Wallet = Static<typeof Wallet>

export const WalletNow = Type.Object(
  {
    ...Wallet.properties,
    ongoingBalance: Type.Number({
      description:
        'Credits that would be left if what the customer has used by now, and was not billed for yet, were paid from its wallets: with taxes, before coupons and its balance, as if its periods ended without more usage',
    }),
    ongoingBalanceAmount: { ...Money, description: 'The same in the currency' },
  },
  { $id: 'WalletNow' },
)
export type WalletNow = Static<typeof WalletNow>

export const WalletTransaction = Type.Object(
  {
    id: Type.String(),
    walletId: Type.String(),
    type: oneOf(transactionTypes),
    credits: Type.Number({ description: 'Above zero what came in, below what went out' }),
    amount: { ...Money, description: 'The same in the currency of the wallet' },
    isPaid: Type.Boolean({ description: 'Of credits that were bought' }),
    invoiceId: orNull(Type.String()),
    createdAt: Instant,
  },
  { $id: 'WalletTransaction' },
)
export type WalletTransaction = Static<typeof WalletTransaction>

export const MovedCredits = Type.Object(
  {
    wallet: Type.Unsafe<Wallet>({ $ref: 'Wallet#' }),
    invoiceId: orNull(Type.String({ description: 'Of credits that are bought' })),
  },
  { $id: 'MovedCredits' },
)
export type MovedCredits = Static<typeof MovedCredits>

export const ListWallets = closed({ ...pageQuery, customerId: Type.Optional(reference) })
export type ListWallets = Static<typeof ListWallets>

export const ListWalletTransactions = closed(pageQuery)
export type ListWalletTransactions = Static<typeof ListWalletTransactions>

export const schemas = [Wallet, WalletNow, WalletTransaction, MovedCredits]
