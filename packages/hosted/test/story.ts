import { type Looks, visitorOf } from '../../dashboard/test/browser.ts'
import { newCustomer, newPlan, subscribe } from '../../server/test/billing-story.ts'
import { type Caller, type TestServer, newTenant, startServer } from '../../server/test/harness.ts'
import { collect, get, newMethod } from '../../server/test/payment-story.ts'
import { checkoutLoop } from '../../server/src/slices/checkout/index.ts'

/** A server whose links lead to itself. */
export async function startPages(): Promise<TestServer> {
  const server = await startServer()
  Object.assign(server.deps.config, { PUBLIC_URL: server.origin })
  return server
}

export const phone = { width: 360, height: 740 }
export const desktop = { width: 1280, height: 860 }

/** A browser with the customers' pages built. */
export function guest(looks: Looks = phone) {
  return visitorOf(new URL('../build.ts', import.meta.url), looks)
}

/** A tenant with colours, and a customer who owes 49.99 KES. */
export async function owing(server: TestServer, customer: object = {}, method?: string) {
  const tenant = await newTenant(server)
  const { test: as, session } = tenant
  await session('PATCH', '/tenants/me', {
    companyName: 'Kazi Telecom',
    settings: { brandColor: '#0f766e', portal: { cancel: true, plans: ['pro', 'team'] } },
  })
  const plan = await newPlan(as, { name: 'Pro', code: 'pro' })
  const team = await newPlan(as, {
    name: 'Team',
    code: 'team',
    description: 'For everyone',
    features: ['Ten seats', 'Phone support'],
    prices: [{ currency: 'KES', amount: 149.99 }],
  })
  const { id } = await newCustomer(as, { name: 'Wanjiku', currency: 'KES', ...customer })
  if (method !== undefined) await newMethod(as, id, method)
  const subscription = await subscribe(as, { customerId: id, planId: plan.id })
  if (method !== undefined) await collect(server)
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  return { ...tenant, as, customer: { id }, subscription, invoice, team }
}

export async function portalUrl(as: Caller, customerId: string, body: object = {}): Promise<string> {
  const { body: link } = await as('POST', `/customers/${customerId}/portal-link`, body)
  return link.url
}

/** What the worker would do, a moment later. */
export async function work(server: TestServer): Promise<void> {
  server.clock.advance({ seconds: 10 })
  // A row that the page is just asking about is skipped, and met by the next round.
  for (let round = 0; round < 50; round++) if (await checkoutLoop.tick(server.deps)) break
  while (await checkoutLoop.tick(server.deps));
  await collect(server)
}
