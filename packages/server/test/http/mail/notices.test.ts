import assert from 'node:assert/strict'
import { test } from 'node:test'
import { customerMail, expiryNotices, mail } from '../../../src/slices/mail/index.ts'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { startMailServer } from '../../mail-server.ts'
import { newMethod, payingCustomer } from '../../payment-story.ts'

const post = await startMailServer()
const server = await startServer({
  start: '2026-11-20T09:00:00Z',
  settings: { SMTP_URL: post.url },
})

async function settle(): Promise<void> {
  while (await expiryNotices.tick(server.deps));
  while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
  while (await mail.tick(server.deps));
}

const toldOf = async (tenant: Awaited<ReturnType<typeof newTenant>>, customerId: string) =>
  (await tenant.test('GET', `/mails?customerId=${customerId}&kind=CARD_EXPIRING`)).body.data

test('a card that pays for a subscription is told of once, thirty days before it expires, and no other card is', async () => {
  const tenant = await newTenant(server)
  const card = { expYear: 2026, expMonth: 12 }
  const as = tenant.test
  const told = await newCustomer(as, { currency: 'KES', locale: 'sw' })
  await newMethod(as, told.id, 'sandbox_succeeds', card)
  await subscribe(as, { customerId: told.id })
  const idle = await newCustomer(as, { currency: 'KES' })
  await newMethod(as, idle.id, 'sandbox_succeeds', card)
  const other = await newCustomer(as, { currency: 'KES' })
  await newMethod(as, other.id, 'sandbox_succeeds', { expYear: 2027, expMonth: 1 })
  await subscribe(as, { customerId: other.id })
  await settle()
  assert.deepEqual(await toldOf(tenant, told.id), [], 'not before')

  server.clock.set('2026-12-02T09:00:00Z')
  await settle()
  await settle()
  const mails = await toldOf(tenant, told.id)
  assert.equal(mails.length, 1)
  const { body: content } = await as('GET', `/mails/${mails[0].id}`)
  assert.equal(content.subject, 'Kadi yako inakaribia kuisha muda')
  assert.match(content.text, /Visa •••• 4242/)
  assert.match(content.text, /Desemba 2026/)
  assert.equal(content.html.includes('/portal/'), false, 'a link that signs its reader in is not kept')
  for (const { id } of [idle, other]) assert.deepEqual(await toldOf(tenant, id), [])
})

test('a clock that goes a year ahead tells of the card at its time, and not of one that was taken away before', async () => {
  const tenant = await newTenant(server)
  const environments = (await tenant.session('GET', '/tenants/me/environments')).body.data
  const { id } = environments.find(({ kind }: { kind: string }) => kind === 'TEST')
  const clock = (body: object) => tenant.session('POST', `/tenants/me/environments/${id}/clock`, body)
  await clock({ now: '2026-01-10T09:00:00.000Z' })
  const { customer, method } = await payingCustomer(tenant.test, 'sandbox_succeeds')
  await tenant.test('DELETE', `/payment-methods/${method.id}`)
  await newMethod(tenant.test, customer.id, 'sandbox_succeeds', { expYear: 2026, expMonth: 6 })
  await subscribe(tenant.test, { customerId: customer.id })
  const moved = await clock({ advance: { years: 1 } })
  assert.equal(moved.status, 200, moved.text)
  await settle()
  const [told, ...more] = await toldOf(tenant, customer.id)
  assert.equal(more.length, 0)
  assert.equal(told.status, 'CAUGHT')
  const [row] = (await tenant.test('GET', `/mails/${told.id}`)).body.text.match(/June 2026/) ?? []
  assert.equal(row, 'June 2026')
})

test('a key that expires is told of once, seven days ahead, to whoever made it; a revoked and a short-lived one are not', async () => {
  const tenant = await newTenant(server)
  const before = post.received.length
  const now = server.clock.now()
  const make = async (name: string, days: number) => {
    const { body, status, text } = await tenant.session('POST', '/tenants/me/api-keys', {
      name,
      scopes: ['customers:read'],
      expiresAt: now.add({ hours: 24 * days }).toString(),
    })
    assert.equal(status, 201, text)
    return body
  }
  await make('<b>Robot</b>', 20)
  const revoked = await make('Revoked', 20)
  await make('Short', 5)
  await tenant.session('DELETE', `/tenants/me/api-keys/${revoked.id}`)
  await settle()
  assert.equal(post.received.length, before, 'not before')
  server.clock.advance({ hours: 24 * 13 + 1 })
  await settle()
  await settle()
  const [told, ...more] = post.received.slice(before)
  assert.equal(more.length, 0)
  assert.equal([told?.to].flat()[0]?.text, tenant.email)
  assert.match(told?.subject ?? '', /^An API key of Acme expires on /)
  assert.match(told?.text ?? '', /Hello Ada Owner,/)
  assert.match(String(told?.html), /&lt;b&gt;Robot&lt;\/b&gt;/)
  assert.ok(!(told?.text ?? '').includes('sk_'))
})
