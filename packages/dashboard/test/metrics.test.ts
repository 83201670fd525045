import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../server/test/billing-story.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const server = await startServer()

test(
  'a metric and a charge in tiers are made by clicks, priced while they are typed, and the usage is seen',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'USD' })
    const as = tenant.test
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Metrics')
    await page.getByRole('button', { name: 'Make a metric' }).first().click()
    await page.getByLabel('Name').fill('Storage')
    await page.getByLabel('Code').fill('storage')
    await page.getByRole('combobox', { name: 'What is counted' }).click()
    await page.getByRole('option', { name: 'The sum of a property' }).click()
    await page.getByLabel('Property').fill('gb')
    await page.getByRole('dialog').getByRole('button', { name: 'Make the metric' }).click()
    await page.getByRole('table', { name: 'Metrics' }).getByText('The sum of a property: gb').waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await goTo(page, 'Plans')
    await page.getByRole('button', { name: 'Make a plan' }).first().click()
    await page.getByLabel('Name').fill('Pro')
    await page.getByLabel('Amount').fill('10')
    const threshold = page.getByLabel('Invoice usage early, from so much in USD')
    await threshold.fill('0')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.getByText('must be above 0').waitFor()
    assert.equal(await threshold.getAttribute('aria-invalid'), 'true')
    await threshold.fill('250.50')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await heading(page, 'Pro')
    await page.getByText('$250.50').waitFor()
    const { body: plans } = await as('GET', '/plans')
    const [plan] = plans.data
    assert.deepEqual(plan.progressiveBillingThreshold, [{ currency: 'USD', amount: 250.5 }])
    await page.getByText('Only the price of the plan').waitFor()
    await page.getByRole('button', { name: 'Charge for usage' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Metric' }).click()
    await page.getByRole('option', { name: 'Storage' }).click()
    await dialog.getByRole('combobox', { name: 'Model' }).click()
    await page.getByRole('option', { name: 'Graduated' }).click()
    await dialog.getByText('enter the price to see what they cost').waitFor()
    await dialog.getByLabel('Price of a unit, tier 1').fill('0.10')
    await dialog.getByLabel('Price of a unit, tier 2').fill('0.05')
    await dialog.getByLabel('Flat amount, tier 2').fill('3')
    // 1000 × 0.10, 500 × 0.05 and the flat amount of the second tier.
    await dialog.getByRole('status').getByText('$128.00').waitFor()
    await dialog.getByLabel('Units to price in USD').fill('1000')
    await dialog.getByRole('status').getByText('$100.00').waitFor()
    await dialog.getByRole('combobox', { name: 'When it is invoiced' }).click()
    await page.getByRole('option', { name: 'as usage comes' }).click()
    assert.deepEqual(await seriousFaults(page), [])
    await dialog.getByRole('button', { name: 'Charge for it' }).click()
    await page.getByText('The plan charges for it').waitFor()
    await page.getByRole('table', { name: 'Charges' }).getByText('in 2 tiers, from 0.1 a unit').waitFor()
    const { body: charges } = await as('GET', `/charges/plan/${plan.id}`)
    assert.equal(charges.data[0].prices[0].properties.tiers[1].flatAmount, 3)
    assert.equal(charges.data[0].billingTiming, 'IN_ADVANCE')
    await page.getByRole('table', { name: 'Charges' }).getByText('as usage comes').waitFor()

    const customer = await newCustomer(as, { currency: 'USD' })
    const { body: subscription } = await as('POST', '/subscriptions', {
      customerId: customer.id,
      planId: plan.id,
    })
    for (const [transactionId, gb] of [
      ['first', 2.5],
      ['second', 4],
    ]) {
      const { status, text } = await as('POST', '/events', {
        transactionId,
        subscriptionId: subscription.id,
        code: 'storage',
        properties: { gb },
      })
      assert.equal(status, 201, text)
    }
    await page.goto(`${server.origin}/test/subscriptions/${subscription.id}`)
    await page
      .getByRole('table', { name: 'Usage of this period' })
      .getByRole('row', { name: 'Storage storage 6.5 2' })
      .waitFor()
    await page.getByRole('table', { name: 'Usage events' }).getByText('gb 2.5').waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await goTo(page, 'Usage')
    await heading(page, 'Usage')
    await page.getByText('6.5 in 2 events').waitFor()
    await page.getByLabel('Of', { exact: true }).fill(customer.id)
    await page.waitForURL(/of=cust_/)
    await page.getByRole('table', { name: 'Usage events' }).getByText('gb 2.5').waitFor()
    await page.getByLabel('Your id of an event').fill('second')
    await page.waitForURL(/transactionId=second/)
    await page.getByText('gb 2.5').waitFor({ state: 'detached' })
    await page.getByRole('table', { name: 'Usage events' }).getByText('gb 4').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.reload()
    await page.getByRole('table', { name: 'Usage events' }).getByText('gb 4').waitFor()
    assert.deepEqual(errors, [])
  },
)

test('without metrics their page teaches; without the server it says so', { skip: noBrowser }, async () => {
  const { page } = await visitor({ colorScheme: 'dark' })
  await signIn(page, server.origin, await newTenant(server))
  await emptyAndFailing(page, {
    name: 'Metrics',
    empty: 'No metrics yet',
    asks: '**/api/billable-metrics**',
  })
  await emptyAndFailing(page, {
    name: 'Usage',
    empty: 'Nothing is counted yet',
    asks: '**/api/billable-metrics**',
  })
})
