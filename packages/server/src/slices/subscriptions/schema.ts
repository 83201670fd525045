import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Currency, Instant, Metadata, closed, oneOf, orNull, words } from '../../http/shapes.ts'

export const subscriptionStatuses = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })
const moment = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 40,
    description: `${description}. An instant, or a day: then the first instant of it in the customer's time zone`,
  })

export const CreateSubscription = closed({
  customerId: reference,
  planId: reference,
  currency: Type.Optional(Currency),
  externalId: Type.Optional(words(255)),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Default 1' })),
  startDate: Type.Optional(
    moment(
      'When the first period or the trial starts; now unless given. From a past one on, what is due is billed at once',
    ),
  ),
  billingAnchor: Type.Optional(
    oneOf(['ANNIVERSARY', 'CALENDAR'], {
      description: 'Periods from the day of the start, or the calendar’s; default ANNIVERSARY',
    }),
  ),
  trialDays: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 365, description: "The plan's unless given" }),
  ),
  paymentMethodId: Type.Optional(reference),
  endDate: Type.Optional(moment('When it ends by itself')),
  metadata: Type.Optional(Metadata),
})
export type CreateSubscription = Static<typeof CreateSubscription>

export const UpdateSubscription = closed({
  paymentMethodId: Type.Optional(
    orNull(Type.String({ minLength: 1, maxLength: 300, description: "null: the customer's default" })),
  ),
  metadata: Type.Optional(Metadata),
})
export type UpdateSubscription = Static<typeof UpdateSubscription>

export const CancelSubscription = closed({
  cancelAt: Type.Optional(oneOf(['now', 'period_end'], { description: 'Default period_end' })),
  reason: Type.Optional(words(500)),
})
export type CancelSubscription = Static<typeof CancelSubscription>

export const Subscription = Type.Object(
  {
    id: Type.String(),
    externalId: orNull(Type.String()),
    customerId: Type.String(),
    planId: Type.String(),
    status: oneOf(subscriptionStatuses),
    currency: Type.String(),
    quantity: Type.Integer(),
    billingAnchor: oneOf(['ANNIVERSARY', 'CALENDAR']),
    currentPeriodStart: orNull(Instant),
    currentPeriodEnd: orNull(Instant),
    trialStart: orNull(Instant),
    trialEnd: orNull(Instant),
    cancelAt: orNull(Type.String({ format: 'date-time', description: 'When a cancellation takes effect' })),
    canceledAt: orNull(Type.String({ format: 'date-time', description: 'When it ended' })),
    cancelReason: orNull(Type.String()),
    pausedAt: orNull(Instant),
    startedAt: Instant,
    endDate: orNull(Instant),
    pendingChange: orNull(
      Type.Object({ planId: Type.String(), quantity: Type.Integer(), effectiveAt: Instant }),
    ),
    nextInvoiceAt: orNull(Instant),
    paymentMethodId: orNull(Type.String()),
    metadata: Metadata,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Subscription' },
)
export type Subscription = Static<typeof Subscription>

const filters = {
  ...pageQuery,
  status: Type.Optional(oneOf(subscriptionStatuses)),
  planId: Type.Optional(reference),
}
export const ListSubscriptions = closed({ ...filters, customerId: Type.Optional(reference) })
export type ListSubscriptions = Static<typeof ListSubscriptions>
export const ListSubscriptionsOfCustomer = closed(filters)
