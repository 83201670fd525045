import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Currency, Instant, Metadata, Money, closed, named, oneOf, orNull, words } from '../../http/shapes.ts'
import type { CreditNote } from '../credit-notes/index.ts'
import type { Invoice } from '../invoices/index.ts'

export const subscriptionStatuses = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'] as const

const reference = Type.String({ minLength: 1, maxLength: 300 })
const moment = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 40,
    description: `${description}. An instant; or in the customer's time zone a clock time such as 2026-03-29T02:30, or a day, then the first instant of it`,
  })

const quantity = { minimum: 1, maximum: 1_000_000 }

export const CreateSubscription = closed({
  customerId: reference,
  planId: reference,
  currency: Type.Optional(Currency),
  externalId: Type.Optional(words(255)),
  quantity: Type.Optional(Type.Integer({ ...quantity, description: 'Default 1' })),
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
  couponCode: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Of a coupon that comes off from the first invoice on',
    }),
  ),
  trialDays: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 365, description: "The plan's unless given" }),
  ),
  paymentMethodId: Type.Optional(reference),
  endDate: Type.Optional(moment('When it ends by itself')),
  trialEnd: Type.Optional(moment('When its trial ends, instead of `trialDays`; later than now')),
  createdAt: Type.Optional(
    Type.String({
      format: 'date-time',
      maxLength: 40,
      description: 'When it was made elsewhere, to be shown. Only where nothing is to be billed for the past',
    }),
  ),
  currentPeriodStart: Type.Optional(
    moment(
      'When the period under way began that was billed elsewhere: nothing of it and of what came before is billed here. Periods are counted from `startDate`, or from this',
    ),
  ),
  currentPeriodEnd: Type.Optional(
    moment('When that period ends, to be held against where it ends here; later than now'),
  ),
  status: Type.Optional(
    oneOf(['TRIALING', 'ACTIVE', 'PAUSED'], {
      description:
        'What it is to be, to be held against its dates. PAUSED only with `currentPeriodStart`: it waits to be resumed',
    }),
  ),
  metadata: Type.Optional(Metadata),
})
export type CreateSubscription = Static<typeof CreateSubscription>

export const UpdateSubscription = closed({
  quantity: Type.Optional(
    Type.Integer({
      ...quantity,
      description:
        'From now on: more is charged for the rest of the period, less is credited against what charged it',
    }),
  ),
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

export const PauseSubscription = closed({
  creditUnused: Type.Optional(
    Type.Boolean({ default: false, description: 'Credit the rest of the period, this day included' }),
  ),
  resumeAt: Type.Optional(moment('When it resumes by itself; later than now')),
})
export type PauseSubscription = Static<typeof PauseSubscription>

export const ChangePlan = closed({
  newPlanId: reference,
  quantity: Type.Optional(Type.Integer({ ...quantity, description: 'Default: as it is' })),
  prorate: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        'Credit the rest of the old plan and charge that of the new one; false: only from the next period on',
    }),
  ),
  effective: Type.Optional(
    oneOf(['now', 'period_end'], {
      description: 'Unless given, a change that costs less by the month waits for the end of the period',
    }),
  ),
})
export type ChangePlan = Static<typeof ChangePlan>

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
    resumeAt: orNull(Type.String({ format: 'date-time', description: 'When a pause ends by itself' })),
    startedAt: Instant,
    endDate: orNull(Instant),
    pendingChange: orNull(
      Type.Object(
        { planId: Type.String(), quantity: Type.Integer(), effectiveAt: Instant },
        { description: 'What it changes to at the end of its period' },
      ),
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

export const PreviewSubscription = closed(
  {
    cancel: Type.Optional(CancelSubscription),
    uncancel: Type.Optional(closed({})),
    pause: Type.Optional(PauseSubscription),
    resume: Type.Optional(closed({})),
    changePlan: Type.Optional(ChangePlan),
    update: Type.Optional(UpdateSubscription),
  },
  { minProperties: 1, maxProperties: 1, description: 'One call, with the body it would have' },
)
export type PreviewSubscription = Static<typeof PreviewSubscription>

export const SubscriptionPreview = Type.Object(
  {
    subscription: named<Subscription>('Subscription'),
    invoices: Type.Array(named<Invoice>('Invoice'), { description: 'That would be issued, in their order' }),
    creditNotes: Type.Array(named<CreditNote>('CreditNote'), {
      description: 'That would be issued, in their order',
    }),
    balance: {
      ...Money,
      description: "What the customer would have to its credit, in the subscription's currency",
    },
  },
  { $id: 'SubscriptionPreview' },
)
export type SubscriptionPreview = Static<typeof SubscriptionPreview>

const filters = {
  ...pageQuery,
  status: Type.Optional(oneOf(subscriptionStatuses)),
  planId: Type.Optional(reference),
}
export const ListSubscriptions = closed({ ...filters, customerId: Type.Optional(reference) })
export type ListSubscriptions = Static<typeof ListSubscriptions>
export const ListSubscriptionsOfCustomer = closed(filters)
