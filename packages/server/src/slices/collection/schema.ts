import { Type, type Static } from 'typebox'
import { Instant, MoneyInput, closed, oneOf, words } from '../../http/shapes.ts'

const method = oneOf(['BANK_TRANSFER', 'CASH', 'CHEQUE', 'CARD', 'MOBILE_MONEY', 'OTHER'])
const reference = words(255, {
  description: 'What the payment is known by elsewhere, such as a bank reference',
})
const paidAt = Type.Unsafe<string>({
  ...Instant,
  description: 'When the money came; default now, never later',
})

export const MarkPaid = closed({
  paymentMethod: Type.Optional({ ...method, description: 'How it was paid; default OTHER' }),
  reference: Type.Optional(reference),
  paidAt: Type.Optional(paidAt),
})
export type MarkPaid = Static<typeof MarkPaid>

export const RecordPayment = closed({
  invoiceId: Type.String({ maxLength: 300 }),
  amount: Type.Optional(
    Type.Unsafe<number | string>({
      ...MoneyInput,
      description: 'Amount in major units; default: what is due',
    }),
  ),
  method: Type.Optional({ ...method, description: 'How it was paid; default OTHER' }),
  reference: Type.Optional(reference),
  paidAt: Type.Optional(paidAt),
})
export type RecordPayment = Static<typeof RecordPayment>

export const PayInvoice = closed({ paymentMethodId: Type.Optional(Type.String({ maxLength: 300 })) })
export type PayInvoice = Static<typeof PayInvoice>
