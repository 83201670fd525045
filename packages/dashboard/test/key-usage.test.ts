import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caller, newKey, newTenant, startServer } from '../../server/test/harness.ts'
import { rows } from '../../server/test/payment-story.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const server = await startServer()

test(
  'the use of a key is reviewed in the dashboard: by day, route and status, with a mark on what is unusual, and revoked',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    const key = await newKey(tenant.session, ['customers:read'], 'test')
    const program = caller(server, key)
    await program('GET', '/customers')
    for (let count = 0; count < 60; count++) await program('GET', '/customers/nobody')
    const leaked = await program('POST', '/customers', { email: 'x@example.com' })
    assert.equal(leaked.status, 403)
    const { body: list } = await tenant.session('GET', '/tenants/me/requests')
    const { apiKeyId } = list.data[0]
    // Two weeks of the usual, as the days before would have left it.
    await rows(
      server,
      `insert into api_key_routes (tenant_id, api_key_id, day, operation, status, requests)
       select tenant_id, api_key_id, day - n, 'customers.list', 200, 1000
       from api_key_routes, generate_series(1, 14) n where tenant_id = $1 and operation = 'customers.create'`,
      [tenant.tenantId],
    )

    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'API keys')
    await page
      .getByRole('row', { name: new RegExp(key.slice(-4)) })
      .getByRole('button', { name: /^test key/ })
      .click()
    await heading(page, 'test key')
    assert.ok(page.url().includes(apiKeyId))
    await page.getByText('Unusually many refusals').waitFor()
    const routes = page.getByRole('table', { name: 'Requests by route' })
    await routes.getByRole('row', { name: 'customers.get 60 60 0 404 × 60' }).waitFor()
    await routes.getByRole('row', { name: 'customers.create 1 1 0 403 × 1' }).waitFor()
    await page.getByText('Succeeded').first().waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await goTo(page, 'Request log')
    await page.getByLabel('X-Request-Id').fill(leaked.headers.get('x-request-id') ?? '')
    const table = page.getByRole('table', { name: 'Requests' })
    await table.getByRole('row').nth(2).waitFor({ state: 'detached' })
    await table.getByRole('button', { name: 'POST /api/customers' }).click()
    const shown = page.getByRole('dialog')
    await shown.getByText(leaked.headers.get('x-request-id') ?? 'none').waitFor()
    await shown.getByText('403').waitFor()
    await shown.getByText('127.0.0.1').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.keyboard.press('Escape')

    await page.getByLabel('X-Request-Id').fill('')
    await page.getByRole('radiogroup').getByText('Succeeded').click()
    await table.getByRole('button', { name: 'GET /api/customers', exact: true }).waitFor()
    assert.equal(await table.getByRole('row').count(), 2)
    assert.deepEqual(errors, [])
  },
)

test(
  'a key and the one that it was rolled into, of the same name, are counted apart by day',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    const old = await newKey(tenant.session, ['customers:read'], 'test')
    const { body: keys } = await tenant.session('GET', '/tenants/me/api-keys')
    const made = keys.find(({ last4 }: { last4: string }) => old.endsWith(last4))
    const { body: rolled } = await tenant.session('POST', `/tenants/me/api-keys/${made.id}/roll`, {})
    for (let count = 0; count < 7; count++) await caller(server, old)('GET', '/customers')
    for (let count = 0; count < 3; count++) await caller(server, rolled.key)('GET', '/customers')

    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant, '/api-keys')
    const chart = page.locator('.recharts-surface').first()
    await chart.waitFor()
    await chart.hover()
    const tooltip = page.locator('.recharts-tooltip-wrapper')
    await tooltip.getByText('test key').nth(1).waitFor()
    assert.deepEqual((await tooltip.innerText()).match(/^\d+$/gm), ['7', '3'])
    assert.deepEqual(errors, [])
  },
)

test('without requests the log teaches; without the server it says so', { skip: noBrowser }, async () => {
  const { page } = await visitor({ colorScheme: 'dark' })
  await signIn(page, server.origin, await newTenant(server))
  await emptyAndFailing(page, {
    name: 'Request log',
    empty: 'No requests yet',
    asks: '**/api/tenants/me/requests**',
  })
})
