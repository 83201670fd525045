import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant } from '../../server/test/harness.ts'
import { startStage } from '../../server/test/provider-story.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const stage = await startStage()
const { server } = stage
const wrong = { secretKey: 'sk_test_invalid000000' }

test(
  'accounts at providers are added, tested, put in another order and switched off by clicks, and no credential comes back',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    const { page, errors } = await visitor()
    const seen: string[] = []
    page.on('response', (response) => {
      void response.text().then(
        (text) => seen.push(text),
        () => {},
      )
    })
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Payment providers')
    const dialog = page.getByRole('dialog')
    const add = async (provider: string, credentials: Record<string, string>): Promise<void> => {
      await page.getByRole('button', { name: 'Add an account' }).first().click()
      await dialog.getByRole('combobox', { name: 'Provider' }).click()
      await page.getByRole('option', { name: provider }).click()
      for (const [label, value] of Object.entries(credentials)) await dialog.getByLabel(label).fill(value)
      await dialog.getByRole('button', { name: 'Add the account' }).click()
    }
    await add('Paystack', { 'Secret key': 'sk_live_0123456789ab' })
    await dialog.getByText(/sk_test_|test key|must/).waitFor()
    await dialog.getByLabel('Secret key').fill('sk_test_simulated00001')
    await dialog.getByRole('button', { name: 'Add the account' }).click()
    await dialog.waitFor({ state: 'detached' })
    await add('Stripe', { 'Secret key': wrong.secretKey, 'Webhook secret': 'whsec_0123456789abcdef' })
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(await seriousFaults(page), [])

    const cards = page.getByRole('listitem')
    await cards.nth(1).getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('Stripe does not take it').waitFor()
    await cards.nth(0).getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('Paystack knows it').waitFor()

    await page.getByRole('button', { name: 'Move Stripe' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Space')
    await page.getByText('They are asked in this order now').waitFor()
    const { body } = await tenant.test('GET', '/payment-providers')
    const priorities = body.data.map((one: { providerName: string; priority: number }) => [
      one.providerName,
      one.priority,
    ])
    assert.deepEqual(Object.fromEntries(priorities), { STRIPE: 1, PAYSTACK: 2 })
    await cards.first().getByText('Stripe', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'More about Stripe' }).click()
    await page.getByRole('menuitem', { name: 'Switch off' }).click()
    await cards.first().getByText('Off', { exact: true }).waitFor()
    assert.ok(seen.length > 5)
    for (const text of seen) assert.ok(!text.includes(wrong.secretKey), 'a credential came back')
    assert.deepEqual(errors, [])
  },
)

test('an account is dragged to another place with the mouse', { skip: noBrowser }, async () => {
  const tenant = await newTenant(server)
  for (const [priority, providerName] of ['PAYSTACK', 'STRIPE'].entries())
    await tenant.test('POST', '/payment-providers', {
      providerName,
      priority: priority + 1,
      credentials: providerName === 'STRIPE' ? { ...wrong, webhookSecret: 'whsec_0123456789abcdef' } : wrong,
    })
  const { page, errors } = await visitor()
  await signIn(page, server.origin, tenant, '/payment-providers')
  await heading(page, 'Payment providers')
  const [from, to] = [
    await page.getByRole('button', { name: 'Move Stripe' }).boundingBox(),
    await page.getByRole('button', { name: 'Move Paystack' }).boundingBox(),
  ]
  assert.ok(from && to)
  await page.mouse.move(from.x + 8, from.y + 8)
  await page.mouse.down()
  await page.mouse.move(from.x + 8, from.y - 20, { steps: 4 })
  await page.mouse.move(to.x + 8, to.y - 10, { steps: 8 })
  await page.mouse.up()
  await page.getByText('They are asked in this order now').waitFor()
  await page.getByRole('listitem').first().getByText('Stripe', { exact: true }).waitFor()
  assert.deepEqual(errors, [])
})

test(
  'without accounts the page of the providers teaches; without the server it says so',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor({ colorScheme: 'dark' })
    await signIn(page, server.origin, await newTenant(server))
    await emptyAndFailing(page, {
      name: 'Payment providers',
      empty: 'No accounts yet',
      asks: '**/api/payment-providers?*',
    })
  },
)
