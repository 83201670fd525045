import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventTypes as known } from '../../server/src/slices/webhooks/audience.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { deliver, startReceiver } from '../../server/test/webhook-story.ts'
import { eventTypes } from '../src/event-types.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const server = await startServer({ settings: { WEBHOOK_TARGETS: 'any' } })

test('every type of event can be chosen', () => {
  assert.deepEqual([...eventTypes].toSorted(), [...known].toSorted())
})

test(
  'an endpoint is added, tested, seen to fail with the answer it gave, mended and sent to again, by clicks',
  { skip: noBrowser },
  async () => {
    const receiver = await startReceiver((_request, response) => {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('out of order today')
    })
    const tenant = await newTenant(server)
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Webhooks')
    await page.getByRole('button', { name: 'Add an endpoint' }).first().click()
    await page.getByLabel('Address').fill('ftp://example.com')
    await page.getByRole('button', { name: 'Add the endpoint' }).click()
    await page.getByRole('dialog').getByText(/must/).waitFor()
    await page.getByLabel('Address').fill(receiver.url)
    await page.getByRole('button', { name: 'Add the endpoint' }).click()
    assert.match((await page.getByTestId('new-secret').textContent()) ?? '', /^whsec_/)
    await page.getByRole('button', { name: 'I have it' }).click()
    await heading(page, receiver.url)
    await page.getByText('Nothing was sent').waitFor()

    await page.getByRole('button', { name: 'Send a test event' }).click()
    const table = page.getByRole('table', { name: 'Deliveries' })
    await table.getByText('webhook_endpoint.test').waitFor()
    await deliver(server)
    await table.getByText('Failed').waitFor()
    await table.getByRole('button', { name: 'webhook_endpoint.test' }).click()
    const delivery = page.getByRole('dialog')
    await delivery.getByText('out of order today').waitFor()
    await delivery.getByText('503', { exact: true }).waitFor()
    const sent = receiver.received[0]
    assert.ok(sent)
    await delivery.getByText(`webhook-id ${sent.headers['webhook-id'] ?? 'none'}`).waitFor()
    const body = await delivery.getByRole('region', { name: 'Body of the request' }).textContent()
    assert.deepEqual(JSON.parse(body ?? ''), sent.body)
    assert.deepEqual(await seriousFaults(page), [])

    receiver.answer = 200
    await delivery.getByRole('button', { name: 'Send again' }).click()
    await page.getByText('It is on its way again').waitFor()
    await deliver(server)
    await delivery.getByText('thank you').waitFor()
    assert.equal(receiver.received[1]?.headers['webhook-id'], sent.headers['webhook-id'])
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Switch off' }).click()
    await page.getByText('Off', { exact: true }).waitFor()
    assert.equal((await tenant.test('GET', '/webhook-endpoints')).body.data[0].isActive, false)
    assert.deepEqual(errors, [])
  },
)

test(
  'the event log shows each change, newest first, filtered by its type, with the whole resource',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    for (let count = 1; count <= 31; count++)
      await tenant.test('POST', '/customers', { email: `c${count}@example.com`, name: `Customer ${count}` })
    const { body: last } = await tenant.test('POST', '/plans', {
      name: 'Pro',
      code: 'pro',
      billingInterval: 'MONTHLY',
      prices: [{ currency: 'USD', amount: 10 }],
    })
    const { body: customers } = await tenant.test('GET', '/customers?limit=1')
    await tenant.test('POST', '/subscriptions', { customerId: customers.data[0].id, planId: last.id })
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant, '/event-log')
    const table = page.getByRole('table', { name: 'Events' })
    await table.getByText('subscription.created').waitFor()
    assert.equal(await table.getByRole('row').count(), 31)
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByRole('button', { name: 'Newest' }).waitFor()
    await table.getByText('subscription.created').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Newest' }).click()
    await page.getByRole('combobox', { name: 'Type of event' }).click()
    await page.getByRole('option', { name: 'subscription.created' }).click()
    await table.getByRole('row').nth(2).waitFor({ state: 'detached' })
    await table.getByRole('button', { name: 'subscription.created' }).click()
    const shown = await page.getByRole('region', { name: 'The event' }).textContent()
    assert.equal(JSON.parse(shown ?? '').data.planId, last.id)
    assert.deepEqual(await seriousFaults(page), [])
    assert.match(page.url(), /event=subscription\.created/)
    assert.deepEqual(errors, [])
  },
)

test(
  'without webhooks and events their pages teach; without the server they say so',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor({ colorScheme: 'dark' })
    await signIn(page, server.origin, await newTenant(server))
    await emptyAndFailing(page, {
      name: 'Webhooks',
      empty: 'No endpoints yet',
      asks: '**/api/webhook-endpoints**',
    })
    await emptyAndFailing(page, {
      name: 'Event log',
      empty: 'Nothing has happened yet',
      asks: '**/api/event-log**',
    })
  },
)
