import assert from 'node:assert/strict'
import { after } from 'node:test'
import { systemClock } from '../src/clock.ts'
import { type Simulator, startSimulator } from '../src/simulators/simulator.ts'
import type { Choice } from '../src/simulators/world.ts'
import { checkoutLoop } from '../src/slices/checkout/index.ts'
import { newCustomer, subscribe } from './billing-story.ts'
import { type Caller, type TestServer, newTenant, startServer } from './harness.ts'
import { collect, get } from './payment-story.ts'

/** One provider, as the contract's cases need it. */
export type Subject = {
  readonly name: string
  readonly currency: string
  readonly price: number
  /** The price in the provider's own unit. */
  readonly units: string
  readonly credentials: () => Record<string, string>
  /** Credentials of the right form that the provider does not know, and the field that it is about. */
  readonly wrong: readonly [credentials: Record<string, string>, field: RegExp]
  /** Credentials that can be told from their form not to be right, and the fault. */
  readonly malformed: readonly [credentials: Record<string, string>, path: string]
  /** What charges at once; null where the provider cannot. */
  readonly tokens: {
    readonly succeeds: string
    readonly soft: string
    readonly hard: string
    readonly pending: string
    /** What the hard one is called by it; expired_instrument unless said otherwise. */
    readonly hardCode?: string
  } | null
  /** It has no page, but asks on this phone, knows nothing by our reference, and gives nothing back. */
  readonly phone?: string
  /** Where a charge goes, for faults that are meant for it. */
  readonly faultPath?: string
  /** What is entered at the provider's site, so that it knows where to send notices; null where each call says it. */
  readonly addressOf:
    | ((credentials: Record<string, string>, url: string) => readonly [secret: string, address: string])
    | null
  /** What is sent to an account that did not come from the provider. */
  readonly forged: { readonly headers: Record<string, string>; readonly body: string } | null
  readonly keepsMethods: boolean
  /** Its library makes a call again by itself when the connection breaks, under the same idempotency key. */
  readonly repeatsItself?: true
  /** It takes every currency. */
  readonly anyCurrency?: true
  /** Otherwise the customer may try another card on it. */
  readonly declineEndsPage: boolean
  readonly partialRefunds: boolean
  /** It cannot be asked how a refund ended. */
  readonly tellsOfRefunds?: false
  readonly type?: 'CARD' | 'MOBILE_MONEY'
}

export type Stage = { readonly server: TestServer; readonly simulator: Simulator }

/** A server whose test environments talk to simulated providers. */
export async function startStage(): Promise<Stage> {
  const simulator = await startSimulator(systemClock)
  after(() => simulator.close())
  const server = await startServer({ settings: { TEST_PROVIDER_URLS: simulator.setting } })
  Object.assign(server.deps.config, { PUBLIC_URL: server.origin })
  return { server, simulator }
}

let accounts = 0
export function secret(): string {
  return `sim${String(++accounts).padStart(12, '0')}`
}

/** A tenant with an account at the provider, which knows where to send notices. */
export async function withAccount(stage: Stage, subject: Subject, body: object = {}) {
  const tenant = await newTenant(stage.server)
  const credentials = subject.credentials()
  const account = await addAccount(stage, tenant.test, subject, { credentials, ...body })
  return { tenant, as: tenant.test, account, credentials }
}

export async function addAccount(
  { server, simulator }: Stage,
  as: Caller,
  subject: Subject,
  body: { credentials: Record<string, string> },
) {
  const made = await as('POST', '/payment-providers', { providerName: subject.name, ...body })
  assert.equal(made.status, 201, made.text)
  if (subject.addressOf) {
    const url = `${server.api}/webhooks/${subject.name.toLowerCase()}/${made.body.id}`
    const [known, address] = subject.addressOf(body.credentials, url)
    simulator.world.addresses.set(`${subject.name} ${known}`, address)
  }
  return made.body
}

/** A customer whose saved method does what the token says, and the first invoice of a subscription, not yet charged. */
export async function dueBy(as: Caller, subject: Subject, token: string) {
  const customer = await newCustomer(as, { currency: subject.currency })
  const method = await as('POST', '/payment-methods', {
    customerId: customer.id,
    provider: subject.name,
    token,
    type: subject.type ?? 'CARD',
  })
  assert.equal(method.status, 201, method.text)
  const { invoice, subscription } = await invoiceOf(as, subject, customer)
  const payment = (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  return { customer, method: method.body, subscription, invoice, payment }
}

export async function invoiceOf(as: Caller, subject: Subject, customer: { id: string }) {
  const { currency, price } = subject
  const subscription = await subscribe(
    as,
    { customerId: customer.id },
    { plan: { prices: [{ currency, amount: price }] } },
  )
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  return { subscription, invoice }
}

/** An invoice that waits for somebody to pay it on a page, and the page. */
export async function onPage(as: Caller, subject: Subject, body: object = {}) {
  const customer = await newCustomer(as, { currency: subject.currency })
  const { invoice, subscription } = await invoiceOf(as, subject, customer)
  const started = await as('POST', `/invoices/${invoice.id}/checkout`, {
    successUrl: 'https://shop.example.com/paid',
    ...(subject.phone === undefined ? {} : { phone: subject.phone }),
    ...body,
  })
  assert.equal(started.status, 201, started.text)
  return { customer, invoice, subscription, session: started.body }
}

/** What the customer does on the page. Gives where the browser goes. */
export async function choose(stage: Stage, page: string | null, choice: Choice): Promise<string> {
  const url = page ?? [...stage.simulator.world.prompts.values()].at(-1) ?? ''
  // As a browser: a provider's address may lead on to the page.
  const shown = await fetch(url)
  assert.equal(shown.status, 200, await shown.text())
  const answer = await fetch(shown.url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ choice }),
  })
  assert.equal(answer.status, 303)
  await stage.simulator.world.settled()
  return answer.headers.get('location') ?? ''
}

/** Everything that is due now, once more after all notices have arrived. */
export async function work({ server, simulator }: Stage): Promise<void> {
  await collect(server)
  while (await checkoutLoop.tick(server.deps));
  await simulator.world.settled()
  await collect(server)
  while (await checkoutLoop.tick(server.deps));
}

/** What the provider has moved of a payment or a refund, by our reference as it knows it. */
export function moved({ simulator }: Stage, reference: string, kind: 'charge' | 'refund' = 'charge') {
  const plain = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, '')
  return simulator.world.movements
    .filter((one) => one.kind === kind && plain(one.reference) === plain(reference))
    .map(({ units, currency }) => [units, currency])
}
