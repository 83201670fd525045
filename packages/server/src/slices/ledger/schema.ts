import { Type, type Static } from 'typebox'
import { dayQuery } from '../../http/days.ts'
import { pageQuery } from '../../http/pages.ts'
import { Currency, Day, Instant, Money, closed, named, oneOf } from '../../http/shapes.ts'
import { documentKinds } from './post.ts'

const accountName = Type.String({
  description:
    '`receivable`, `deferred_revenue`, `revenue`, …; cash is kept by provider, as `cash:SANDBOX`, taxes by their code, as `tax_payable:vat_ke`',
})
const currencyQuery = Type.Optional(Type.Unsafe<string>(Currency))

export const LedgerAccount = Type.Object(
  {
    account: accountName,
    currency: Type.String(),
    kind: oneOf(['ASSET', 'LIABILITY', 'INCOME', 'EXPENSE']),
    debit: { ...Money, description: 'Everything that was debited' },
    credit: { ...Money, description: 'Everything that was credited' },
    balance: {
      ...Money,
      description:
        'What the account holds, above zero on its own side: debit for ASSET and EXPENSE, credit for the others',
    },
  },
  { $id: 'LedgerAccount' },
)
export type LedgerAccount = Static<typeof LedgerAccount>

export const ListAccounts = closed({ currency: currencyQuery })
export type ListAccounts = Static<typeof ListAccounts>

export const LedgerAccounts = Type.Object(
  { accounts: Type.Array(named<LedgerAccount>('LedgerAccount')) },
  { $id: 'LedgerAccounts' },
)
export type LedgerAccounts = Static<typeof LedgerAccounts>

export const LedgerEntry = Type.Object(
  {
    transactionId: Type.String({ description: 'The entries of a transaction sum to zero' }),
    account: accountName,
    currency: Type.String(),
    debit: Money,
    credit: Money,
    documentKind: oneOf(documentKinds),
    documentId: Type.String({
      description:
        'The invoice, payment, refund or credit note behind it; of a day of revenue, its own transaction',
    }),
    occurredAt: Instant,
  },
  { $id: 'LedgerEntry' },
)
export type LedgerEntry = Static<typeof LedgerEntry>

const entryFilters = {
  ...pageQuery,
  ...dayQuery,
  account: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  currency: currencyQuery,
}

export const ListEntries = closed({
  ...entryFilters,
  document: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'Id of an invoice, a payment, a refund or a credit note',
    }),
  ),
})
export type ListEntries = Static<typeof ListEntries>

export const ListEntriesOfCustomer = closed(entryFilters)
export type ListEntriesOfCustomer = Static<typeof ListEntriesOfCustomer>

export const TrialBalanceQuery = closed({
  asOf: Type.Optional(
    Type.Unsafe<string>({
      ...Day,
      description: "Up to the end of this day, in the tenant's time zone; default: everything",
    }),
  ),
  currency: currencyQuery,
})
export type TrialBalanceQuery = Static<typeof TrialBalanceQuery>

export const TrialBalance = Type.Object(
  {
    asOf: Type.Union([Day, Type.Null()]),
    currencies: Type.Array(
      Type.Object({
        currency: Type.String(),
        debit: { ...Money, description: 'Sum of the debit balances' },
        credit: { ...Money, description: 'Sum of the credit balances: the same' },
        accounts: Type.Array(
          Type.Object({
            account: accountName,
            debit: { ...Money, description: 'The balance, where it is a debit' },
            credit: { ...Money, description: 'The balance, where it is a credit' },
          }),
        ),
      }),
    ),
  },
  { $id: 'TrialBalance' },
)
export type TrialBalance = Static<typeof TrialBalance>
