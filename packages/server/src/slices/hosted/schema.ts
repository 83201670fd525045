import { Type, type Static } from 'typebox'
import { Day, Instant, Money, closed, named, oneOf, orNull } from '../../http/shapes.ts'
import { type Page, pageOf } from '../../http/pages.ts'
import type { PresentedCustomer } from '../customers/index.ts'
import { invoiceStatuses } from '../invoices/index.ts'
import { providerNames } from '../providers/index.ts'

export const CreatePortalLink = closed({
  expiresInMinutes: Type.Optional(
    Type.Integer({ minimum: 5, maximum: 43_200, description: 'How long it opens the pages; default 1440' }),
  ),
})
export type CreatePortalLink = Static<typeof CreatePortalLink>

export const PortalLink = Type.Object(
  {
    url: Type.String({ description: 'Who has it needs no key: give it to this customer alone' }),
    expiresAt: Instant,
  },
  { $id: 'PortalLink' },
)
export type PortalLink = Static<typeof PortalLink>

export const PortalBilling = Type.Object(
  {
    customer: named<PresentedCustomer>('Customer'),
    outstanding: Type.Array(
      Type.Object({
        currency: Type.String(),
        amountDue: Money,
        invoices: Type.Integer({ description: 'How many await payment' }),
        overdue: Money,
      }),
      { description: 'What is owed, by currency' },
    ),
    nextInvoiceAt: orNull(Instant),
  },
  { $id: 'PortalBilling' },
)
export type PortalBilling = Static<typeof PortalBilling>

/** By the id that you gave the customer, or by ours. */
export const OfCustomer = closed({ externalId: Type.String({ maxLength: 300 }) })
export const InvoiceOfCustomer = closed({
  externalId: Type.String({ maxLength: 300 }),
  invoiceId: Type.String({ maxLength: 300 }),
})

const Company = Type.Object({
  name: Type.String(),
  brandColor: orNull(Type.String()),
  hasLogo: Type.Boolean(),
  returnUrl: orNull(Type.String()),
  isTest: Type.Boolean(),
})
export type Company = Static<typeof Company>

export const LogoOfCompany = Type.Object({ logo: orNull(Type.String()) })
export type LogoOfCompany = Static<typeof LogoOfCompany>

const summary = {
  id: Type.String(),
  number: orNull(Type.String()),
  status: oneOf(invoiceStatuses),
  currency: Type.String(),
  total: Money,
  amountDue: Money,
  issuedOn: orNull(Day),
  dueDate: orNull(Day),
  isOverdue: Type.Boolean(),
  pdfUrl: Type.String(),
}
const InvoiceSummary = Type.Object({ ...summary, payUrl: Type.String() })
export type InvoiceSummary = Static<typeof InvoiceSummary>

const HostedInvoice = Type.Object({
  ...summary,
  subtotal: Money,
  discountAmount: Money,
  taxes: Type.Array(
    Type.Object({ name: Type.String(), rate: Type.Number(), amount: Money, note: orNull(Type.String()) }),
  ),
  amountPaid: Money,
  amountCredited: Money,
  billTo: orNull(Type.String()),
  notes: orNull(Type.String()),
  items: Type.Array(
    Type.Object({
      description: Type.String(),
      quantity: Type.Number(),
      amount: Money,
      from: orNull(Day),
      to: orNull(Day),
    }),
  ),
})
export type HostedInvoice = Static<typeof HostedInvoice>

const Way = Type.Object({ providerName: oneOf(providerNames), kind: oneOf(['PAGE', 'PHONE', 'EITHER']) })

export const HostedCheckout = Type.Object({
  id: Type.String(),
  status: oneOf(['OPEN', 'COMPLETED', 'EXPIRED', 'FAILED']),
  providerName: oneOf(providerNames),
  url: orNull(Type.String()),
  isOnPhone: Type.Boolean(),
  failureCode: orNull(Type.String()),
})
export type HostedCheckout = Static<typeof HostedCheckout>

export const PayPage = Type.Object({
  company: Company,
  locale: orNull(Type.String()),
  invoice: HostedInvoice,
  ways: Type.Array(Way),
  isBeingPaid: Type.Boolean({ description: 'A saved method is being charged for it' }),
  checkout: orNull(HostedCheckout),
})
export type PayPage = Static<typeof PayPage>

export const StartHostedCheckout = closed({
  providerName: Type.Optional(oneOf(providerNames)),
  phone: Type.Optional(Type.String({ pattern: String.raw`^\+?[0-9]{6,15}$`, maxLength: 16 })),
})
export type StartHostedCheckout = Static<typeof StartHostedCheckout>

export const ChooseInSandbox = closed({
  checkoutId: Type.String({ maxLength: 300 }),
  outcome: oneOf(['sandbox_succeeds', 'sandbox_declined', 'sandbox_insufficient_funds', 'CANCEL']),
})
export type ChooseInSandbox = Static<typeof ChooseInSandbox>
export const GoTo = Type.Object({ url: Type.String() })

const interval = oneOf(['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'])

const PortalSubscription = Type.Object({
  id: Type.String(),
  planId: Type.String(),
  planName: Type.String(),
  status: oneOf(['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED']),
  currency: Type.String(),
  quantity: Type.Integer(),
  unitAmount: Money,
  billingInterval: interval,
  intervalCount: Type.Integer(),
  currentPeriodEnd: orNull(Day),
  trialEnd: orNull(Day),
  cancelAt: orNull(Day),
  pending: orNull(Type.Object({ planName: Type.String(), effectiveOn: Day })),
})
export type PortalSubscription = Static<typeof PortalSubscription>

const PortalPlan = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: orNull(Type.String()),
  features: Type.Array(Type.String()),
  currency: Type.String(),
  unitAmount: Money,
  billingInterval: interval,
  intervalCount: Type.Integer(),
})
export type PortalPlan = Static<typeof PortalPlan>

const PortalMethod = Type.Object({
  id: Type.String(),
  type: oneOf(['CARD', 'BANK_ACCOUNT', 'MOBILE_MONEY', 'WALLET']),
  brand: orNull(Type.String()),
  last4: orNull(Type.String()),
  expMonth: orNull(Type.Integer()),
  expYear: orNull(Type.Integer()),
  isDefault: Type.Boolean(),
})
export type PortalMethod = Static<typeof PortalMethod>

const PortalPayment = Type.Object({
  id: Type.String(),
  amount: Money,
  refundedAmount: Money,
  currency: Type.String(),
  status: oneOf(['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'REFUNDED']),
  createdOn: Day,
})
export type PortalPayment = Static<typeof PortalPayment>

export const InvoicesOfPortal = pageOf(InvoiceSummary)
export type InvoicesOfPortal = Page<InvoiceSummary>
export const PaymentsOfPortal = pageOf(PortalPayment)
export type PaymentsOfPortal = Page<PortalPayment>

export const PortalPage = Type.Object({
  company: Company,
  customer: Type.Object({
    name: orNull(Type.String()),
    email: orNull(Type.String()),
    currency: Type.String(),
    balance: Money,
  }),
  locale: orNull(Type.String()),
  expiresAt: Instant,
  mayCancel: Type.Boolean(),
  subscriptions: Type.Array(PortalSubscription),
  plans: Type.Array(PortalPlan, { description: 'That may be changed to' }),
  methods: Type.Array(PortalMethod),
  invoices: InvoicesOfPortal,
  payments: PaymentsOfPortal,
})
export type PortalPage = Static<typeof PortalPage>

export const FromCursor = closed({ cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })) })
export const PayWith = closed({ paymentMethodId: Type.String({ maxLength: 300 }) })
export type PayWith = Static<typeof PayWith>
export const ChangePortalPlan = closed({ planId: Type.String({ maxLength: 300 }) })
export const PreviewInPortal = closed({
  planId: Type.Optional(Type.String({ maxLength: 300, description: 'Without: a cancellation' })),
})

export const PortalPreview = Type.Object({
  subscription: Type.Object({ cancelAt: orNull(Day), effectiveOn: orNull(Day) }),
  currency: Type.String(),
  invoices: Type.Array(Type.Object({ total: Money, amountDue: Money }), {
    description: 'That would be issued now',
  }),
  creditNotes: Type.Array(Type.Object({ total: Money }), { description: 'That would be issued now' }),
  balance: Money,
})
export type PortalPreview = Static<typeof PortalPreview>
