import { Type, type Static } from 'typebox'
import { Currency, Day, Metadata, MoneyInput, closed, orNull, words } from '../../http/shapes.ts'

const Quantity = Type.Unsafe<number | string>({
  type: ['number', 'string'],
  format: 'money',
  exclusiveMinimum: 0,
  maxLength: 32,
  description: 'A number or a decimal string above 0; fractions with up to 12 decimals',
})

const Item = closed({
  description: words(500),
  quantity: Quantity,
  unitAmount: MoneyInput,
  taxCodes: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
      maxItems: 10,
      description:
        'Codes of the taxes of this item; none of them for an empty list. Without it those of the customer, or the default ones',
    }),
  ),
})
const items = Type.Array(Item, { minItems: 1, maxItems: 500 })
export type Items = Static<typeof items>

const dueDate = Type.Unsafe<Static<typeof Day>>({
  ...Day,
  description:
    "Not before today in the customer's time zone. Without it the net payment terms count from issue",
})
const notes = words(2000, { description: 'Printed on the document' })

export const CreateInvoice = closed({
  customerId: Type.String({ maxLength: 300 }),
  items,
  dueDate: Type.Optional(dueDate),
  currency: Type.Optional(Currency),
  subscriptionId: Type.Optional(Type.String({ maxLength: 300 })),
  notes: Type.Optional(notes),
  metadata: Type.Optional(Metadata),
  autoFinalize: Type.Optional(Type.Boolean({ default: false, description: 'Issue it at once' })),
})
export type CreateInvoice = Static<typeof CreateInvoice>

export const UpdateInvoice = closed({
  items: Type.Optional(items),
  dueDate: Type.Optional(orNull(dueDate)),
  notes: Type.Optional(orNull(notes)),
  metadata: Type.Optional(Metadata),
})
export type UpdateInvoice = Static<typeof UpdateInvoice>
