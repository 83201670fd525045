import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { scopes } from './http/scopes.ts'
import { StartupError } from './startup-error.ts'

/** A business to look at: a software company in Kampala, and a year of its customers. */
const plans = [
  {
    code: 'starter',
    name: 'Starter',
    prices: { UGX: 75_000, KES: 2600, TZS: 52_000, RWF: 28_000, NGN: 30_000, GHS: 310, ZAR: 370, EUR: 19 },
  },
  {
    code: 'team',
    name: 'Team',
    prices: { UGX: 240_000, KES: 8400, TZS: 168_000, RWF: 92_000, NGN: 98_000, GHS: 990, ZAR: 1190, EUR: 59 },
  },
  {
    code: 'scale',
    name: 'Scale',
    prices: {
      UGX: 790_000,
      KES: 27_500,
      TZS: 550_000,
      RWF: 300_000,
      NGN: 320_000,
      GHS: 3250,
      ZAR: 3900,
      EUR: 199,
    },
  },
] as const

const markets = [
  {
    country: 'UG',
    currency: 'UGX',
    timezone: 'Africa/Kampala',
    names: ['Nakasero Books', 'Kazi Logistics', 'Entebbe Fresh', 'Rwenzori Coffee'],
  },
  {
    country: 'KE',
    currency: 'KES',
    timezone: 'Africa/Nairobi',
    names: ['Savanna Rides', 'Kilimo Direct', 'Lamu Textiles'],
  },
  {
    country: 'TZ',
    currency: 'TZS',
    timezone: 'Africa/Dar_es_Salaam',
    names: ['Zanzibar Spice', 'Mwanza Fisheries', 'Serengeti Camps'],
  },
  {
    country: 'RW',
    currency: 'RWF',
    timezone: 'Africa/Kigali',
    names: ['Kivu Energy', 'Inzu Homes', 'Akagera Tours'],
  },
  {
    country: 'NG',
    currency: 'NGN',
    timezone: 'Africa/Lagos',
    names: ['Lekki Studios', 'Jollof Kitchens', 'Abuja Legal'],
  },
  {
    country: 'GH',
    currency: 'GHS',
    timezone: 'Africa/Accra',
    names: ['Cape Coast Print', 'Kente House', 'Volta Solar'],
  },
  {
    country: 'ZA',
    currency: 'ZAR',
    timezone: 'Africa/Johannesburg',
    names: ['Karoo Wool', 'Table Bay Foods'],
  },
  { country: 'FR', currency: 'EUR', timezone: 'Europe/Paris', names: ['Atelier Sahel', 'Librairie du Port'] },
] as const

/** Most pay; some cards fail, some take a while, and some customers pay by hand. */
const methods = [
  'sandbox_succeeds',
  'sandbox_succeeds',
  'sandbox_succeeds',
  'sandbox_pending',
  'sandbox_succeeds',
  'sandbox_insufficient_funds',
  null,
] as const

const months = 12

type Body = Record<string, unknown>
type Progress = (done: number, total: number, what: string) => void

export type DemoAccount = {
  readonly email: string
  readonly password: string
  readonly key: string
  readonly customers: number
}

/**
 * Fills a server by its public API with a year of a small company, made by moving the clock of its test
 * environment. Waits where the rate limit says so.
 * @throws StartupError when the server refuses
 */
export async function fillWithDemo(clock: Clock, origin: string, progress: Progress): Promise<DemoAccount> {
  const client = new DemoClient(clock, origin)
  const email = `demo-${randomBytes(3).toString('hex')}@mawingu.example`
  const password = `kampala ${randomBytes(6).toString('base64url')}`
  const session = String(
    (
      await client.call('POST', '/auth/register', '', {
        name: 'Sarah Namusoke',
        email,
        password,
        companyName: 'Mawingu Software Ltd',
        country: 'UG',
        currency: 'UGX',
        timezone: 'Africa/Kampala',
      })
    )['accessToken'],
  )
  const settings = {
    address: { line1: 'Plot 12, Kampala Road', city: 'Kampala', country: 'UG' },
    taxId: '1002345678',
    brandColor: '#0f766e',
  }
  await client.call('PATCH', '/tenants/me', session, { settings })
  const environments = (await client.call('GET', '/tenants/me/environments', session))['data'] as {
    id: string
    kind: string
  }[]
  const environment = environments.find(({ kind }) => kind === 'TEST')?.id ?? ''
  const { key } = await client.call('POST', '/tenants/me/api-keys', session, {
    name: 'Demo key',
    environment: 'test',
    scopes,
  })
  const apiKey = String(key)
  const start = clock
    .now()
    .subtract({ hours: 365 * 24 })
    .toZonedDateTimeISO('Africa/Kampala')
    .startOfDay()
    .add({ hours: 9 })
  await client.moveClock(session, environment, { now: start.toInstant().toString() })

  const planIds: string[] = []
  for (const { code, name, prices } of plans) {
    const plan = await client.call('POST', '/plans', apiKey, {
      code,
      name,
      billingInterval: 'MONTHLY',
      trialDays: code === 'starter' ? 14 : 0,
      prices: Object.entries(prices).map(([currency, amount]) => ({ currency, amount })),
    })
    planIds.push(String(plan['id']))
  }

  const people = markets.flatMap(({ names, ...market }) => names.map((name) => ({ name, ...market })))
  const subscriptions: string[] = []
  let made = 0
  for (let month = 0; month < months; month++) {
    const until = Math.ceil((people.length * (month + 1)) / months)
    for (const { name, country, currency, timezone } of people.slice(made, until)) {
      const customer = await client.call('POST', '/customers', apiKey, {
        name,
        email: `accounts@${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`,
        externalId: `CRM-${1001 + made}`,
        country,
        currency,
        timezone,
      })
      const token = methods[made % methods.length] ?? null
      if (token !== null) {
        await client.call('POST', '/payment-methods', apiKey, {
          customerId: customer['id'],
          provider: 'SANDBOX',
          token,
          type: 'CARD',
          brand: 'visa',
          last4: '4242',
        })
      }
      const subscription = await client.call('POST', '/subscriptions', apiKey, {
        customerId: customer['id'],
        planId: planIds[made % planIds.length],
      })
      subscriptions.push(String(subscription['id']))
      made++
    }
    if (month % 4 === 3) {
      const leaving = subscriptions[month * 2 - 5]
      if (leaving)
        await client.call('POST', `/subscriptions/${leaving}/cancel`, apiKey, { reason: 'Closed the shop' })
    }
    await client.moveClock(session, environment, { advance: { months: 1 } })
    progress(month + 1, months, `month ${month + 1}: ${made} customers`)
  }
  return { email, password, key: apiKey, customers: made }
}

class DemoClient {
  readonly #clock: Clock
  readonly #origin: string

  constructor(clock: Clock, origin: string) {
    this.#clock = clock
    this.#origin = origin
  }

  async call(method: string, path: string, credential: string, body?: Body): Promise<Body> {
    for (;;) {
      const response = await fetch(`${this.#origin}/api${path}`, {
        method,
        headers: {
          ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const answer = (await response.json()) as Body
      if (response.status === 429) await this.#clock.sleep(Number(answer['retryAfter']) * 1000)
      else if (response.ok) return answer
      else
        throw new StartupError(
          `The demo stopped: ${method} ${path} answered ${response.status}: ${String(answer['message'])}`,
        )
    }
  }

  /** Moves the clock and waits until everything on the way has happened. */
  async moveClock(session: string, environment: string, target: Body): Promise<void> {
    const moved = await this.call('POST', `/tenants/me/environments/${environment}/clock`, session, target)
    if ((moved['clock'] as { status: string }).status === 'IDLE') return
    for (;;) {
      const listed = (await this.call('GET', '/tenants/me/environments', session))['data'] as {
        id: string
        clock: { status: string; error: string | null }
      }[]
      const { status, error } = listed.find(({ id }) => id === environment)?.clock ?? {
        status: 'FAILED',
        error: 'the environment is gone',
      }
      if (status === 'IDLE') return
      if (status === 'FAILED') throw new StartupError(`The demo stopped: the clock failed: ${String(error)}`)
      await this.#clock.sleep(1500)
    }
  }
}
