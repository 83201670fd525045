import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Address, Day, Instant, Metadata, Money, closed, named, oneOf, orNull } from '../../http/shapes.ts'

export const invoiceStatuses = ['DRAFT', 'PENDING', 'PAID', 'FAILED', 'VOID', 'UNCOLLECTIBLE'] as const
/** Of a period; of a change within one; of the first period after a change of interval or a pause; by hand. */
export const invoiceKinds = ['CYCLE', 'CHANGE', 'RESTART', 'MANUAL'] as const
export const lineTypes = ['PLAN', 'USAGE', 'COMMITMENT', 'ADD_ON', 'MANUAL', 'CORRECTION'] as const

/** Whose payment terms an invoice has, the nearest first. */
export const termsSources = ['CUSTOMER', 'PLAN', 'TENANT', 'DEFAULT'] as const

const taxRate = Type.Number({ description: 'Percent' })
const TaxOfLine = Type.Object({ code: Type.String(), name: Type.String(), rate: taxRate, amount: Money })

const InvoiceItem = Type.Object(
  {
    id: Type.String(),
    type: oneOf(lineTypes),
    description: Type.String(),
    quantity: Type.Number(),
    unitAmount: Type.Number({ description: 'In major units; prices of usage may have up to 12 decimals' }),
    amount: Money,
    discountAmount: Money,
    periodStart: orNull(Instant),
    periodEnd: orNull(Instant),
    taxes: Type.Array(TaxOfLine),
  },
  { $id: 'InvoiceItem' },
)
type InvoiceItem = Static<typeof InvoiceItem>

const Party = Type.Object(
  {
    name: orNull(Type.String()),
    email: orNull(Type.String()),
    taxId: orNull(Type.String()),
    country: orNull(Type.String()),
    address: orNull(named<Static<typeof Address>>('Address')),
  },
  { $id: 'InvoiceParty', description: 'As it was when the invoice was issued' },
)
export type Party = Static<typeof Party>
const party = named<Party>('InvoiceParty')

export const Invoice = Type.Object(
  {
    id: Type.String(),
    number: orNull(Type.String({ description: 'Given when it is issued, without gaps in a year' })),
    customerId: Type.String(),
    subscriptionId: orNull(Type.String()),
    currency: Type.String(),
    status: oneOf(invoiceStatuses),
    subtotal: Money,
    discountAmount: Money,
    discounts: Type.Array(
      Type.Object({ couponId: Type.String(), code: Type.String(), name: Type.String(), amount: Money }),
    ),
    taxAmount: Money,
    total: Money,
    amount: Type.Number({ format: 'money', description: 'The total' }),
    amountPaid: Money,
    amountCredited: {
      ...Money,
      description: "What credit notes, the customer's balance and its wallets took off what was owed on it",
    },
    amountDue: Money,
    items: Type.Array(named<InvoiceItem>('InvoiceItem')),
    taxes: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        rate: taxRate,
        inclusive: Type.Boolean({ description: 'Whether it was within the prices' }),
        base: { ...Money, description: 'What it is charged on: lines net, less their discounts' },
        amount: Money,
        note: orNull(Type.String({ description: 'Such as that the recipient owes the tax' })),
      }),
    ),
    billTo: party,
    from: party,
    finalizesAt: orNull(
      Type.String({ format: 'date-time', description: 'When the draft of a period is issued by itself' }),
    ),
    issuedAt: orNull(Instant),
    dueDate: orNull(Day),
    paidAt: orNull(Instant),
    voidedAt: orNull(Instant),
    pdfUrl: orNull(Type.String()),
    hostedUrl: orNull(
      Type.String({
        description:
          'A page on which the customer sees and pays it. Who has this link needs no key; it lasts until 90 days after the invoice is settled',
      }),
    ),
    notes: orNull(Type.String()),
    metadata: Metadata,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Invoice' },
)
export type Invoice = Static<typeof Invoice>

export const PdfLink = Type.Object(
  { url: Type.String({ description: 'Opens the PDF without a key until it expires' }), expiresAt: Instant },
  { $id: 'PdfLink' },
)
export type PdfLink = Static<typeof PdfLink>

const filters = {
  ...pageQuery,
  status: Type.Optional(oneOf(invoiceStatuses)),
  subscriptionId: Type.Optional(Type.String({ maxLength: 300 })),
  dateFrom: Type.Optional(
    Type.String({
      format: 'date',
      maxLength: 10,
      description: "First day of issue, in the tenant's time zone",
    }),
  ),
  dateTo: Type.Optional(
    Type.String({ format: 'date', maxLength: 10, description: 'Last day of issue, inclusive' }),
  ),
  overdue: Type.Optional(Type.Boolean({ description: 'Whether it is unpaid after its due date' })),
}

export const ListInvoices = closed({ ...filters, customerId: Type.Optional(Type.String({ maxLength: 300 })) })
export type ListInvoices = Static<typeof ListInvoices>

export const ListInvoicesOfCustomer = closed(filters)

export const schemas = [InvoiceItem, Party, Invoice, PdfLink]
