import { Type, type Static } from 'typebox'
import { Instant, Money, MoneyInput, closed, oneOf, orNull, words } from '../../http/shapes.ts'
import { dayQuery } from '../../http/days.ts'
import { pageQuery } from '../../http/pages.ts'
import { providerNames } from '../providers/index.ts'

const methodType = oneOf(['CARD', 'BANK_ACCOUNT', 'MOBILE_MONEY', 'WALLET'])
const provider = oneOf(providerNames)
const anyProvider = oneOf([...providerNames, 'MANUAL'])
const Id = Type.String({ maxLength: 300 })

export const CreatePaymentMethod = closed({
  customerId: Id,
  provider,
  token: words(1000, { description: 'What the provider gave for it; kept sealed, never shown again' }),
  type: Type.Optional({ ...methodType, description: 'Default CARD' }),
  brand: Type.Optional(words(50)),
  last4: Type.Optional(Type.String({ pattern: '^[0-9]{4}$', maxLength: 4 })),
  expMonth: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
  expYear: Type.Optional(Type.Integer({ minimum: 2000, maximum: 2200 })),
  phone: Type.Optional(Type.String({ pattern: String.raw`^\+?[0-9]{6,15}$`, maxLength: 16 })),
  isDefault: Type.Optional(
    Type.Boolean({ description: "Makes it the customer's default; the first one always is" }),
  ),
})
export type CreatePaymentMethod = Static<typeof CreatePaymentMethod>

export const UpdatePaymentMethod = closed({ isDefault: Type.Boolean() })
export type UpdatePaymentMethod = Static<typeof UpdatePaymentMethod>

export const PaymentMethod = Type.Object(
  {
    id: Type.String(),
    customerId: Type.String(),
    provider,
    type: methodType,
    brand: orNull(Type.String()),
    last4: orNull(Type.String()),
    expMonth: orNull(Type.Integer()),
    expYear: orNull(Type.Integer()),
    phone: orNull(Type.String()),
    isDefault: Type.Boolean(),
    createdAt: Instant,
  },
  { $id: 'PaymentMethod' },
)
export type PaymentMethod = Static<typeof PaymentMethod>

export const ListPaymentMethods = closed({ ...pageQuery, customerId: Type.Optional(Id) })
export type ListPaymentMethods = Static<typeof ListPaymentMethods>
export const ListCustomerPaymentMethods = closed(pageQuery)

const refundStatus = oneOf(['PENDING', 'SUCCEEDED', 'FAILED'])

export const Refund = Type.Object(
  {
    id: Type.String(),
    amount: Money,
    status: { ...refundStatus, description: 'PENDING until the provider has told how it ended' },
    reason: orNull(Type.String()),
    failureReason: orNull(Type.String()),
    createdAt: Instant,
  },
  { $id: 'Refund' },
)

export const PaymentDispute = Type.Object(
  {
    id: Type.String(),
    status: { ...oneOf(['OPEN', 'WON', 'LOST']), description: 'WON: the money stays with you' },
    amount: Money,
    reason: orNull(Type.String({ description: 'In the words of the provider' })),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'PaymentDispute' },
)

const paymentStatus = oneOf(['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'REFUNDED'])

export const Payment = Type.Object(
  {
    id: Type.String(),
    invoiceId: Type.String(),
    customerId: Type.String(),
    amount: Money,
    currency: Type.String(),
    status: {
      ...paymentStatus,
      description:
        'PROCESSING while the provider works on it, and while we ask how it ended; REFUNDED when all is back',
    },
    provider: anyProvider,
    method: orNull(Type.String({ description: 'How it was paid, for a payment recorded by hand' })),
    providerTransactionId: orNull(Type.String()),
    failureCode: orNull(Type.String()),
    failureReason: orNull(Type.String()),
    refundedAmount: Money,
    refunds: Type.Array(Type.Unsafe<Static<typeof Refund>>({ $ref: 'Refund#' })),
    disputes: Type.Array(Type.Unsafe<Static<typeof PaymentDispute>>({ $ref: 'PaymentDispute#' })),
    paymentMethodId: orNull(Type.String()),
    createdAt: Instant,
  },
  { $id: 'Payment' },
)
export type Payment = Static<typeof Payment>

const narrowing = {
  status: Type.Optional(paymentStatus),
  provider: Type.Optional(anyProvider),
  invoiceId: Type.Optional(Id),
  ...dayQuery,
}
export const ListPayments = closed({ ...pageQuery, ...narrowing, customerId: Type.Optional(Id) })
export type ListPayments = Static<typeof ListPayments>
export const ListCustomerPayments = closed({ ...pageQuery, ...narrowing })

export const RefundPayment = closed({
  amount: Type.Optional(
    Type.Unsafe<number | string>({
      ...MoneyInput,
      description: 'Amount in major units; default: what is left',
    }),
  ),
  reason: Type.Optional(words(500)),
})
export type RefundPayment = Static<typeof RefundPayment>
