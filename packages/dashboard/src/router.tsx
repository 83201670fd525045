import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { NotFound } from './pages/not-found.tsx'
import { Shell } from './shell.tsx'

/** What the address may hold besides the page: the filters of a list. */
export type Filters = Readonly<Record<string, string | number | boolean | undefined>>

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const outside = [
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/register',
    component: lazyRouteComponent(() => import('./pages/register.tsx'), 'Register'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/forgot-password',
    component: lazyRouteComponent(() => import('./pages/forgot-password.tsx'), 'ForgotPassword'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset-password',
    component: lazyRouteComponent(() => import('./pages/reset-password.tsx'), 'ResetPassword'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/accept-invitation',
    component: lazyRouteComponent(() => import('./pages/accept-invitation.tsx'), 'AcceptInvitation'),
  }),
]

const front = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    const environment = localStorage.getItem('environment') ?? 'test'
    throw redirect({ to: `/${encodeURIComponent(environment)}` })
  },
})

const inside = createRoute({
  getParentRoute: () => root,
  path: '/$environment',
  component: Shell,
  validateSearch: (search: Record<string, unknown>): Filters => {
    const kept = Object.entries(search).filter(([, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value),
    )
    return Object.fromEntries(kept) as Filters
  },
})

/** One line for each page, by the same nouns as the API. */
const pages = [
  ['/', () => import('./pages/home.tsx'), 'Home'],
  ['/customers', () => import('./pages/customers.tsx'), 'Customers'],
  ['/customers/$id', () => import('./pages/customer.tsx'), 'Customer'],
  ['/subscriptions', () => import('./pages/subscriptions.tsx'), 'Subscriptions'],
  ['/subscriptions/$id', () => import('./pages/subscription.tsx'), 'Subscription'],
  ['/plans', () => import('./pages/plans.tsx'), 'Plans'],
  ['/plans/$id', () => import('./pages/plan.tsx'), 'Plan'],
  ['/add-ons', () => import('./pages/add-ons.tsx'), 'AddOns'],
  ['/taxes', () => import('./pages/taxes.tsx'), 'Taxes'],
  ['/coupons', () => import('./pages/coupons.tsx'), 'Coupons'],
  ['/wallets', () => import('./pages/wallets.tsx'), 'Wallets'],
  ['/metrics', () => import('./pages/metrics.tsx'), 'Metrics'],
  ['/usage', () => import('./pages/usage.tsx'), 'Usage'],
  ['/invoices', () => import('./pages/invoices.tsx'), 'Invoices'],
  ['/invoices/$id', () => import('./pages/invoice.tsx'), 'Invoice'],
  ['/payments', () => import('./pages/payments.tsx'), 'Payments'],
  ['/payments/$id', () => import('./pages/payment.tsx'), 'Payment'],
  ['/mails', () => import('./pages/mails.tsx'), 'Mails'],
  ['/credit-notes', () => import('./pages/credit-notes.tsx'), 'CreditNotes'],
  ['/credit-notes/$id', () => import('./pages/credit-note.tsx'), 'CreditNote'],
  ['/payment-providers', () => import('./pages/payment-providers.tsx'), 'PaymentProviders'],
  ['/analytics', () => import('./pages/analytics.tsx'), 'Analytics'],
  ['/ledger', () => import('./pages/ledger.tsx'), 'Ledger'],
  ['/webhooks', () => import('./pages/webhooks.tsx'), 'Webhooks'],
  ['/webhooks/$id', () => import('./pages/webhook.tsx'), 'Webhook'],
  ['/event-log', () => import('./pages/event-log.tsx'), 'EventLog'],
  ['/api-keys', () => import('./pages/api-keys.tsx'), 'ApiKeys'],
  ['/api-keys/$id', () => import('./pages/api-key.tsx'), 'ApiKey'],
  ['/requests', () => import('./pages/requests.tsx'), 'Requests'],
  ['/settings', () => import('./pages/settings.tsx'), 'Settings'],
  ['/two-factor', () => import('./pages/two-factor.tsx'), 'TwoFactor'],
  ['/team', () => import('./pages/team.tsx'), 'Team'],
  ['/audit-log', () => import('./pages/audit-log.tsx'), 'AuditLog'],
] as const

const insidePages = pages.map(([path, load, name]) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    // Each module exports the one component that its line names.
    component: lazyRouteComponent(load as () => Promise<Record<string, () => React.ReactNode>>, name),
  }),
)

export const router = createRouter({
  routeTree: root.addChildren([front, ...outside, inside.addChildren(insidePages)]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})
