import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { newPlan, subscribe } from '../../server/test/billing-story.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { collect, payingCustomer } from '../../server/test/payment-story.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { goTo, heading, passwordOfAll, register as registerOn, signIn } from './steps.ts'

const server = await startServer()
const register = (page: Page): Promise<string> => registerOn(page, server.origin)

async function makePlanAndCustomer(page: Page): Promise<void> {
  await goTo(page, 'Plans')
  await page.getByRole('button', { name: 'Make a plan' }).first().click()
  await page.getByLabel('Name').fill('Pro plan')
  await page.getByLabel('Amount').fill('49.99')
  await page.getByRole('button', { name: 'Make the plan' }).click()
  await heading(page, 'Pro plan')
  await goTo(page, 'Customers')
  await page.getByRole('button', { name: 'Add a customer' }).first().click()
  await page.getByLabel('E-mail').fill('grace@example.com')
  await page.getByLabel('Name').fill('Grace Wanjiru')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await heading(page, 'Grace Wanjiru')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Add a payment method…' }).click()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('The payment method is there').waitFor()
  await page.getByRole('button', { name: 'Subscribe' }).click()
  await page.getByRole('combobox', { name: 'Plan' }).click()
  await page.getByRole('option', { name: /Pro plan/ }).click()
  await page.getByRole('button', { name: 'Begin' }).click()
  await heading(page, 'Subscription')
}

test(
  'a whole life by clicks: account, plan, subscription, a month in the time machine, payment, refund, key',
  { skip: noBrowser },
  async () => {
    const { page, errors } = await visitor()
    await register(page)
    await makePlanAndCustomer(page)

    await page.getByRole('button', { name: 'Move time' }).click()
    await page.getByRole('menuitem', { name: 'A month on' }).click()
    await page.getByText('all that fell due has happened').waitFor()
    await goTo(page, 'Invoices')
    await page.getByRole('button', { name: 'INV-', exact: false }).nth(1).waitFor()
    await page.getByRole('button', { name: /-000002$/ }).click()
    await heading(page, /-000002$/)
    await page.getByText('Paid', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Explain every cent' }).click()
    await page.getByText('The sum is rounded once').waitFor()
    await page.keyboard.press('Escape')

    await page.getByRole('table', { name: 'Payments' }).getByRole('button').click()
    await heading(page, 'Payment')
    await page.getByRole('button', { name: 'Refund' }).click()
    await page.getByLabel('Amount in USD').fill('10')
    await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click()
    await page.getByRole('table', { name: 'Refunds' }).getByText('$10.00').waitFor()

    await goTo(page, 'Ledger')
    await page.getByText('in balance').waitFor()

    await goTo(page, 'API keys')
    await page.getByRole('button', { name: 'Make a key' }).first().click()
    await page.getByLabel('Name').fill('Reporting')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = (await page.getByTestId('new-key').textContent()) ?? ''
    assert.match(key, /^sk_test_/)
    await page.getByRole('button', { name: 'I have it' }).click()
    const read = (): Promise<Response> =>
      fetch(`${server.api}/customers`, { headers: { authorization: `Bearer ${key}` } })
    assert.equal((await read()).status, 200)
    await page.getByRole('button', { name: 'More about Reporting' }).click()
    await page.getByRole('menuitem', { name: 'Revoke…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Revoked').waitFor()
    assert.equal((await read()).status, 401)
    assert.deepEqual(errors, [])
  },
)

test(
  'each page, with data and in the dark, has nothing that axe finds serious, and no error',
  { skip: noBrowser },
  async () => {
    const { page, errors } = await visitor({ colorScheme: 'dark' })
    await register(page)
    await makePlanAndCustomer(page)
    // What was said of the deeds fades out by itself; a colour in the middle of that is nobody's.
    await page.waitForFunction(() => document.querySelector('.mantine-Notification-root') === null)
    const faults: string[] = []
    for (const name of [
      'Home',
      'Customers',
      'Subscriptions',
      'Invoices',
      'Credit notes',
      'Payments',
      'Plans',
      'Metrics',
      'Add-ons',
      'Usage',
      'Coupons',
      'Taxes',
      'Wallets',
      'Analytics',
      'Ledger',
      'Payment providers',
      'Request log',
      'Webhooks',
      'Event log',
      'API keys',
      'Team',
      'Audit log',
      'Settings',
    ]) {
      await goTo(page, name)
      await heading(page, name)
      await page.waitForLoadState('networkidle')
      faults.push(...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`))
    }
    assert.deepEqual(faults, [])
    assert.deepEqual(errors, [])
  },
)

test('on a phone nothing is wider than the screen, amounts neither', { skip: noBrowser }, async () => {
  const tenant = await newTenant(server, { currency: 'UGX' })
  const plan = await newPlan(tenant.test, { prices: [{ currency: 'UGX', amount: 12_165_000 }] })
  const { customer } = await payingCustomer(tenant.test, 'sandbox_succeeds', { currency: 'UGX' })
  await subscribe(tenant.test, { customerId: customer.id, planId: plan.id })
  await collect(server)
  const { page } = await visitor({ width: 375, height: 740 })
  await signIn(page, server.origin, tenant)
  for (const path of [
    '',
    '/customers',
    '/invoices',
    '/plans',
    '/metrics',
    '/add-ons',
    '/usage',
    '/coupons',
    '/taxes',
    '/wallets',
    '/analytics',
    '/ledger',
    '/payment-providers',
    '/requests',
    '/webhooks',
    '/event-log',
    '/api-keys',
    '/team',
    '/audit-log',
    '/settings',
  ]) {
    await page.goto(`${server.origin}/test${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(over <= 0, `${path} is ${over}px too wide`)
  }
  await page.goto(`${server.origin}/test`)
  const received = page.getByText('UGX 12,165,000', { exact: true }).first()
  await received.waitFor()
  const lines = await received.evaluate(
    (amount) => amount.clientHeight / Number.parseFloat(getComputedStyle(amount).lineHeight),
  )
  assert.equal(Math.round(lines), 1, 'an amount is broken in two')
  await page.goto(`${server.origin}/test/invoices`)
  const list = page.getByRole('table', { name: 'Invoices' })
  await list.getByText('Paid').waitFor()
  const hidden = await list.evaluate((table) => table.scrollWidth - (table.parentElement?.clientWidth ?? 0))
  assert.ok(hidden <= 0, `${hidden}px of the list of invoices are out of sight`)
})

test(
  'no key and no token is ever in the browser, and the page allows no script but its own',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor()
    const seen: string[] = []
    page.on('response', (response) => {
      void response.text().then(
        (text) => seen.push(text),
        () => {},
      )
    })
    await register(page)
    for (const name of ['API keys', 'Team', 'Customers']) {
      await goTo(page, name)
      await page.waitForLoadState('networkidle')
    }
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    )
    assert.doesNotMatch(kept, /eyJ|sk_(live|test)_\w{10}|__Host/)
    assert.ok(seen.length > 10)
    for (const text of seen) assert.doesNotMatch(text, /eyJhbGci|sk_(live|test)_\w{10}/)

    const answer = await page.goto(server.origin)
    const policy = answer?.headers()['content-security-policy'] ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(answer?.headers()['x-frame-options'], 'DENY')
  },
)

test('hostile names are shown and do nothing', { skip: noBrowser }, async () => {
  const { page, errors } = await visitor()
  await register(page)
  const name = '<img src=x onerror="document.title=\'taken\'">‮ مرحبا 🎉'.padEnd(200, '=')
  await goTo(page, 'Customers')
  await page.getByRole('button', { name: 'Add a customer' }).first().click()
  await page.getByLabel('E-mail').fill('x@example.com')
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('The customer is there').waitFor()
  await page.getByRole('heading', { level: 1, name: /onerror/ }).waitFor()
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), name)
  assert.doesNotMatch(await page.title(), /^taken/)
  assert.deepEqual(errors, [])
})

test(
  'a session that has ended leads to the sign-in and back to where one was',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor()
    const email = await register(page)
    await goTo(page, 'Customers')
    await page.context().clearCookies()
    await page.goto(`${server.origin}/test/invoices`)
    await heading(page, 'Sign in')
    await page.getByLabel('E-mail').fill(email)
    await page.locator('input[type=password]').fill('wrong password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('do not go together').waitFor()
    await page.locator('input[type=password]').fill(passwordOfAll)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Invoices')
  },
)

test('when the server fails, the page says so and can be asked again', { skip: noBrowser }, async () => {
  const { page } = await visitor()
  await register(page)
  await page.route('**/api/customers**', (route) => route.abort())
  await goTo(page, 'Customers')
  await page.getByText('The server cannot be reached').waitFor()
  await page.unroute('**/api/customers**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('No customers yet').waitFor()
})
