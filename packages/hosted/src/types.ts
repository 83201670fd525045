/** What the server says to these pages. Days are `2026-03-31`, amounts are in major units. */
export type Company = {
  name: string
  brandColor: string | null
  hasLogo: boolean
  returnUrl: string | null
  isTest: boolean
}

type InvoiceStatus = 'DRAFT' | 'PENDING' | 'PAID' | 'FAILED' | 'VOID' | 'UNCOLLECTIBLE'

type InvoiceCore = {
  id: string
  number: string | null
  status: InvoiceStatus
  currency: string
  total: number
  amountDue: number
  issuedOn: string | null
  dueDate: string | null
  isOverdue: boolean
  pdfUrl: string
}
export type InvoiceSummary = InvoiceCore & { payUrl: string }

export type Invoice = InvoiceCore & {
  subtotal: number
  discountAmount: number
  taxes: { name: string; rate: number; amount: number; note: string | null }[]
  amountPaid: number
  amountCredited: number
  billTo: string | null
  notes: string | null
  items: { description: string; quantity: number; amount: number; from: string | null; to: string | null }[]
}

export type Way = { providerName: string; kind: 'PAGE' | 'PHONE' | 'EITHER' }

export type Checkout = {
  id: string
  status: 'OPEN' | 'COMPLETED' | 'EXPIRED' | 'FAILED'
  providerName: string
  url: string | null
  isOnPhone: boolean
  failureCode: string | null
}

export type PayPage = {
  company: Company
  locale: string | null
  invoice: Invoice
  ways: Way[]
  isBeingPaid: boolean
  checkout: Checkout | null
}

type Interval = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'QUARTERLY' | 'YEARLY'
type Price = {
  currency: string
  unitAmount: number
  billingInterval: Interval
  intervalCount: number
}

export type Subscription = Price & {
  id: string
  planId: string
  planName: string
  status: 'TRIALING' | 'ACTIVE' | 'PAST_DUE' | 'PAUSED' | 'CANCELED'
  quantity: number
  currentPeriodEnd: string | null
  trialEnd: string | null
  cancelAt: string | null
  pending: { planName: string; effectiveOn: string } | null
}

export type Plan = Price & { id: string; name: string; description: string | null; features: string[] }

export type Method = {
  id: string
  type: 'CARD' | 'BANK_ACCOUNT' | 'MOBILE_MONEY' | 'WALLET'
  brand: string | null
  last4: string | null
  expMonth: number | null
  expYear: number | null
  isDefault: boolean
}

export type Payment = {
  id: string
  amount: number
  refundedAmount: number
  currency: string
  status: 'PENDING' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED' | 'REFUNDED'
  createdOn: string
}

export type Listed<T> = { data: T[]; meta: { nextCursor: string | null } }

export type PortalPage = {
  company: Company
  customer: { name: string | null; email: string | null; currency: string; balance: number }
  locale: string | null
  expiresAt: string
  mayCancel: boolean
  subscriptions: Subscription[]
  plans: Plan[]
  methods: Method[]
  invoices: Listed<InvoiceSummary>
  payments: Listed<Payment>
}

export type Preview = {
  subscription: { cancelAt: string | null; effectiveOn: string | null }
  currency: string
  invoices: { total: number; amountDue: number }[]
  creditNotes: { total: number }[]
  balance: number
}
