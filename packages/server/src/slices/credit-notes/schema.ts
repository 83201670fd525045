import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Instant, Money, MoneyInput, closed, named, oneOf, orNull } from '../../http/shapes.ts'
import type { Party } from '../invoices/index.ts'

export const creditNoteStatuses = ['DRAFT', 'FINALIZED', 'VOIDED'] as const
export const creditNoteReasons = ['DUPLICATE', 'PRODUCT_UNSATISFACTORY', 'ORDER_CHANGE', 'OTHER'] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })

const CreditNoteItem = Type.Object(
  {
    id: Type.String(),
    lineId: Type.String({ description: 'The line of the invoice that is credited' }),
    description: Type.String(),
    amount: { ...Money, description: 'Before the discount and the taxes that go with it' },
    discountAmount: Money,
    periodStart: orNull(Instant),
    periodEnd: orNull(Instant),
  },
  { $id: 'CreditNoteItem' },
)
type CreditNoteItem = Static<typeof CreditNoteItem>

const party = named<Party>('InvoiceParty')

export const CreditNote = Type.Object(
  {
    id: Type.String(),
    number: orNull(Type.String({ description: 'Without gaps in a year: CN-2026-000001' })),
    status: oneOf(creditNoteStatuses),
    invoiceId: Type.String(),
    customerId: Type.String(),
    subscriptionId: orNull(Type.String()),
    currency: Type.String(),
    reason: oneOf(creditNoteReasons),
    subtotal: Money,
    discountAmount: Money,
    taxAmount: Money,
    taxes: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        rate: Type.Number({ description: 'Percent' }),
        base: { ...Money, description: 'What is credited net of what the tax was charged on' },
        amount: Money,
      }),
    ),
    total: Money,
    amount: { ...Money, description: 'The total' },
    settledAmount: { ...Money, description: 'What it took off what was owed on its invoice' },
    refundAmount: { ...Money, description: 'What goes back the way it was paid' },
    balanceAmount: { ...Money, description: "What was added to the customer's balance" },
    items: Type.Array(named<CreditNoteItem>('CreditNoteItem')),
    billTo: party,
    from: party,
    issuedAt: orNull(Instant),
    voidedAt: orNull(Instant),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'CreditNote' },
)
export type CreditNote = Static<typeof CreditNote>

export const CreateCreditNote = closed({
  invoiceId: reference,
  items: Type.Optional(
    Type.Array(closed({ lineId: reference, amount: MoneyInput }), {
      minItems: 1,
      maxItems: 500,
      description:
        'What is credited of which lines, before the discount and the taxes that go with it; or `amount`',
    }),
  ),
  amount: Type.Optional(
    Type.Unsafe<number | string>({
      ...MoneyInput,
      description: 'What is credited in all, with taxes, of every line in proportion; or `items`',
    }),
  ),
  reason: oneOf(creditNoteReasons),
  refund: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Give back, the way it was paid, what the invoice does not need; otherwise it is the customer’s balance',
    }),
  ),
})
export type CreateCreditNote = Static<typeof CreateCreditNote>

export const ListCreditNotes = closed({
  ...pageQuery,
  status: Type.Optional(oneOf(creditNoteStatuses)),
  customerId: Type.Optional(reference),
  invoiceId: Type.Optional(reference),
  subscriptionId: Type.Optional(reference),
})
export type ListCreditNotes = Static<typeof ListCreditNotes>

export const schemas = [CreditNoteItem, CreditNote]
