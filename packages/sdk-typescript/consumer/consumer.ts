// Compiled, never run, by test/consumer.test.ts: what a user of the package may write, and what the types refuse.
import {
  type Customer,
  NovaBillingClient,
  NovaBillingError,
  type Page,
  RateLimitError,
  type WebhookEvent,
  webhooks,
} from 'novabilling'

export async function asInTheDocs(): Promise<void> {
  const client = new NovaBillingClient({ baseUrl: 'http://localhost:3000' })
  const session = await client.auth.login({ email: 'admin@acmecorp.com', password: 'securepassword123' })
  const newSession = await client.auth.refresh({ refreshToken: session.refreshToken })
  const token: string = newSession.accessToken
  const apiKey = await client.apiKeys.create({ name: token, scopes: ['customers:read', 'customers:write'] })
  const keys = await client.apiKeys.list()
  for (const key of keys) await client.apiKeys.revoke(`${key.name} ${key.id} ${key.createdAt} ${apiKey.key}`)
}

export async function lists(client: NovaBillingClient): Promise<number> {
  const page: Page<Customer> = await client.customers.list({ limit: 50 })
  let total = page.meta.total ?? 0
  for (const customer of page) total += customer.totalSpent
  for await (const customer of client.customers.list()) total += customer.totalSpent
  const [first, second] = await Promise.all([client.customers.list(), client.auditLog.list({ limit: 5 })])
  return total + first.data.length + second.data.length
}

export async function givenArguments(client: NovaBillingClient, name: string | undefined): Promise<void> {
  await client.customers.create({ email: 'jane@example.com', name }, { idempotencyKey: 'order-7' })
  await client.customers.update('cust_1', { name: null })
  const nothing: Promise<void> = client.apiKeys.revoke('key_1')
  await nothing
}

export async function errors(client: NovaBillingClient): Promise<number | undefined> {
  try {
    await client.customers.get('cust_1', {
      timeoutInSeconds: 5,
      maxRetries: 0,
      signal: AbortSignal.timeout(1000),
    })
  } catch (error) {
    if (error instanceof RateLimitError) return error.retryAfter
    if (error instanceof NovaBillingError) return error.statusCode
    throw error
  }
  return undefined
}

export async function received(body: string, headers: Headers, secret: string): Promise<WebhookEvent> {
  return webhooks.verify(body, headers, secret)
}

export async function refused(client: NovaBillingClient): Promise<void> {
  // @ts-expect-error the e-mail is required
  await client.customers.create({ name: 'Jane' })
  // @ts-expect-error no such field
  await client.customers.create({ email: 'jane@example.com', nmae: 'Jane' })
  // @ts-expect-error no such scope
  await client.apiKeys.create({ name: 'key', scopes: ['customers:delete'] })
  // @ts-expect-error an amount that comes from the API is a number
  const spent: string = (await client.customers.get('cust_1')).totalSpent
  // @ts-expect-error null only where a field can be cleared
  await client.customers.update('cust_1', { email: null })
  // @ts-expect-error a page is not an array
  const customers: Customer[] = await client.customers.list()
  void [spent, customers]
}
