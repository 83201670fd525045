import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { tenantDays } from '../../http/days.ts'
import type {
  LedgerAccount,
  LedgerAccounts,
  ListAccounts,
  TrialBalance,
  TrialBalanceQuery,
} from './schema.ts'
import { sumsByAccount } from './sql.ts'

const kinds: Readonly<Record<string, LedgerAccount['kind']>> = {
  receivable: 'ASSET',
  deferred_revenue: 'LIABILITY',
  customer_credit: 'LIABILITY',
  wallet_credit: 'LIABILITY',
  revenue: 'INCOME',
  refunds: 'EXPENSE',
  bad_debt: 'EXPENSE',
  promotions: 'EXPENSE',
}

function kindOf(account: string): LedgerAccount['kind'] {
  if (account.startsWith('cash:')) return 'ASSET'
  if (account.startsWith('tax_payable:')) return 'LIABILITY'
  const kind = kinds[account]
  if (kind === undefined) throw new Error(`${account} is not an account`)
  return kind
}

/** Every account that has been posted to, with what it holds now. */
export async function listAccounts(
  reader: Reader,
  environmentId: string,
  { currency }: ListAccounts,
): Promise<LedgerAccounts> {
  const rows = await reader.query(sumsByAccount(environmentId, currency ?? null, null))
  return {
    accounts: rows.map((row) => {
      const { currency: of, debit_minor: debit, credit_minor: credit } = row
      const kind = kindOf(row.account)
      const major = (minor: bigint): number => toMajorNumber({ currency: of, minor })
      return {
        account: row.account,
        currency: of,
        kind,
        debit: major(debit),
        credit: major(credit),
        balance: major(kind === 'ASSET' || kind === 'EXPENSE' ? debit - credit : credit - debit),
      }
    }),
  }
}

/** The balance of every account at the end of a day, by currency: debits and credits come to the same. */
export async function trialBalance(
  reader: Reader,
  environmentId: string,
  { asOf, currency }: TrialBalanceQuery,
): Promise<TrialBalance> {
  const { to } = await tenantDays(reader, asOf === undefined ? {} : { dateTo: asOf })
  const rows = await reader.query(sumsByAccount(environmentId, currency ?? null, to ?? null))
  const byCurrency = Map.groupBy(rows, (row) => row.currency)
  return {
    asOf: asOf ?? null,
    currencies: Array.from(byCurrency, ([of, accounts]) => {
      const major = (minor: bigint): number => toMajorNumber({ currency: of, minor })
      const balances = accounts.map((row) => {
        const minor = row.debit_minor - row.credit_minor
        return { account: row.account, debit: minor > 0n ? minor : 0n, credit: minor < 0n ? -minor : 0n }
      })
      return {
        currency: of,
        debit: major(balances.reduce((sum, { debit }) => sum + debit, 0n)),
        credit: major(balances.reduce((sum, { credit }) => sum + credit, 0n)),
        accounts: balances.map(({ account, debit, credit }) => ({
          account,
          debit: major(debit),
          credit: major(credit),
        })),
      }
    }),
  }
}
