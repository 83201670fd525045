import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { presentSession } from './present.ts'
import { type CheckoutSession, StartCheckout } from './schema.ts'
import { findSession } from './find.ts'
import { beginCheckout, finishCheckout } from './start.ts'

const session = named<CheckoutSession>('CheckoutSession')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/checkout',
    operation: 'invoices.checkout',
    summary: 'Have an invoice paid on a page of a payment provider',
    description:
      'All that is due on it. The first account that can take it, by priority, country and currency, is asked for a page; where one surely gives none, the next is. Where the customer is asked on a phone there is no page. The invoice is PAID once the provider has confirmed the money to us, whatever the browser says. While a page is open, the same one is given again.',
    scope: 'payments:write',
    params: PathId,
    body: StartCheckout,
    status: 201,
    response: session,
    staged: {
      begin: (tx, { deps, principal, params, body }) =>
        beginCheckout(deps, tx, principal.environmentId, params.id, body),
      finish: (id, { deps, principal }) => finishCheckout(deps, principal, id),
    },
  }),
  dataRoute({
    method: 'GET',
    url: '/checkout-sessions/:id',
    operation: 'checkoutSessions.get',
    summary: 'Get a checkout session',
    scope: 'payments:read',
    params: PathId,
    status: 200,
    response: session,
    read: async (from, { principal, params }) =>
      presentSession(await findSession(from, principal.environmentId, params.id)),
  }),
]
