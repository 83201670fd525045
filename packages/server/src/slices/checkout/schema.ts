import { Type, type Static } from 'typebox'
import { Instant, Money, WebUrl, closed, oneOf, orNull } from '../../http/shapes.ts'
import { providerNames } from '../providers/index.ts'

export const StartCheckout = closed({
  successUrl: Type.Unsafe<string>({
    ...WebUrl,
    description: 'Where the browser goes after paying. It tells nothing: ask for the session',
  }),
  cancelUrl: Type.Optional(
    Type.Unsafe<string>({ ...WebUrl, description: 'Where it goes without; default successUrl' }),
  ),
  providerName: Type.Optional(
    oneOf(providerNames, { description: 'Default: the first that can take it, by priority' }),
  ),
  phone: Type.Optional(
    Type.String({
      pattern: String.raw`^\+?[0-9]{6,15}$`,
      maxLength: 16,
      description: 'Where mobile money asks for its PIN',
    }),
  ),
  savePaymentMethod: Type.Optional(
    Type.Boolean({ description: 'Keep what was paid with, where the provider can; default true' }),
  ),
})
export type StartCheckout = Static<typeof StartCheckout>

export const CheckoutSession = Type.Object(
  {
    id: Type.String(),
    invoiceId: Type.String(),
    customerId: Type.String(),
    providerName: oneOf(providerNames),
    amount: Money,
    currency: Type.String(),
    status: oneOf(['OPEN', 'COMPLETED', 'EXPIRED', 'FAILED']),
    url: orNull(
      Type.String({ description: 'Send the browser there; null where the customer is asked on a phone' }),
    ),
    paymentId: orNull(Type.String()),
    failureCode: orNull(Type.String()),
    failureReason: orNull(Type.String()),
    attempts: Type.Array(
      Type.Object({ providerName: Type.String(), reference: Type.String(), reason: Type.String() }),
      { description: 'Providers that were asked first and gave no page' },
    ),
    expiresAt: Instant,
    createdAt: Instant,
  },
  { $id: 'CheckoutSession' },
)
export type CheckoutSession = Static<typeof CheckoutSession>
