import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, newPlan } from '../../server/test/billing-story.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const server = await startServer()
const longName = 'خصم الترحيب 🎉 '.padEnd(100, 'ن')

test(
  'a coupon is made, given and taken back by clicks; one that was given cannot be deleted from its menu',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'USD' })
    const customer = await newCustomer(tenant.test, { currency: 'USD', name: 'Grace Wanjiru' })
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Coupons')
    await page.getByRole('button', { name: 'Make a coupon' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(longName)
    await dialog.getByLabel('Code').fill('WELCOME')
    await dialog.getByLabel('Percent').fill('101')
    await dialog.getByRole('button', { name: 'Make the coupon' }).click()
    // What is wrong stands at its field, and nothing that was typed is lost.
    await dialog.locator('[aria-invalid=true]').waitFor()
    assert.equal(await dialog.getByLabel('Code').inputValue(), 'WELCOME')
    await dialog.getByLabel('Percent').fill('33.3333')
    await dialog.getByRole('combobox', { name: 'For' }).click()
    await page.getByRole('option', { name: 'some periods' }).click()
    await dialog.getByRole('button', { name: 'Make the coupon' }).click()
    const coupons = page.getByRole('table', { name: 'Coupons' })
    await coupons.getByText('33.3333 %').waitFor()
    await coupons.getByText('3 periods').waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: 'More about WELCOME' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).waitFor()
    await page.getByRole('menuitem', { name: 'Give to a customer…' }).click()
    await dialog.getByRole('combobox', { name: 'Customer' }).fill('grace')
    await page.getByRole('option', { name: /Grace Wanjiru/ }).click()
    await dialog.getByRole('button', { name: 'Give the coupon' }).click()
    await dialog.waitFor({ state: 'detached' })
    await coupons.getByRole('cell', { name: '1', exact: true }).waitFor()
    await page.getByRole('button', { name: 'More about WELCOME' }).click()
    await page.getByRole('menuitem', { name: 'Change…' }).waitFor()
    assert.equal(await page.getByRole('menuitem', { name: 'Delete…' }).count(), 0)

    await page.goto(`${server.origin}/test/customers/${customer.id}?tab=coupons`)
    await coupons.getByText('0 of 3').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('button', { name: 'More about WELCOME' }).click()
    await page.getByRole('menuitem', { name: 'Take back…' }).click()
    await page.getByRole('button', { name: 'Take it back' }).click()
    await coupons.getByText('Removed').waitFor()
    assert.deepEqual(errors, [])
  },
)

test(
  'a wallet is opened, topped up and ended by clicks, whatever its amounts, and its transactions are seen',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'UGX' })
    const customer = await newCustomer(tenant.test, { currency: 'UGX', name: longName })
    const { page, errors } = await visitor({ width: 375, height: 740 })
    await signIn(page, server.origin, tenant, `/customers/${customer.id}?tab=wallets`)
    await page.getByText('No wallets yet').waitFor()
    await page.getByRole('button', { name: 'Open a wallet' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(longName)
    await dialog.getByLabel('Credits given').fill('900000000000000')
    await dialog.getByRole('button', { name: 'Open the wallet' }).click()
    const wallets = page.getByRole('table', { name: 'Wallets' })
    await wallets.getByText('UGX 900,000,000,000,000').waitFor()
    await dialog.waitFor({ state: 'detached' })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(over <= 0, `${over}px too wide`)
    assert.deepEqual(await seriousFaults(page), [])

    await page.getByRole('button', { name: /^More about خصم/ }).click()
    await page.getByRole('menuitem', { name: 'Top up or take away…' }).click()
    await dialog.getByRole('combobox', { name: 'What' }).click()
    await page.getByRole('option', { name: 'Take them away' }).click()
    await dialog.getByLabel('Credits').fill('899999999999999')
    await dialog.getByRole('button', { name: 'Do it' }).click()
    await wallets.getByText('UGX 1', { exact: true }).waitFor()
    await dialog.waitFor({ state: 'detached' })
    await wallets.getByRole('button', { name: longName, exact: true }).click()
    await dialog.getByText('Taken away').waitFor()
    await dialog.getByText('-899,999,999,999,999').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: /^More about خصم/ }).click()
    await page.getByRole('menuitem', { name: 'End it…' }).click()
    await page.getByRole('button', { name: 'End it', exact: true }).click()
    await wallets.getByText('UGX 0', { exact: true }).waitFor()
    const { body } = await tenant.test('GET', `/customers/${customer.id}/wallets`)
    assert.equal(body.data[0].status, 'TERMINATED')
    assert.deepEqual(errors, [])
  },
)

test(
  'an add-on is made at a price of nothing and one of 10¹², charged, and taken off by clicks',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'USD' })
    const customer = await newCustomer(tenant.test, { currency: 'USD' })
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Add-ons')
    await page.getByRole('button', { name: 'Make an add-on' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(longName)
    await dialog.getByLabel('Code').fill('setup')
    await dialog.getByLabel('Price 1').fill('0')
    await dialog.getByRole('button', { name: 'Another currency' }).click()
    await dialog.getByLabel('Price 2').fill('1000000000000')
    await dialog.getByRole('combobox', { name: 'Currency 2' }).fill('UGX')
    await page.getByRole('option', { name: /^UGX/ }).click()
    await dialog.getByRole('button', { name: 'Make the add-on' }).click()
    const list = page.getByRole('table', { name: 'Add-ons' })
    await list.getByText(/UGX\s1,000,000,000,000/).waitFor()
    await list.getByText(/\$0\.00/).waitFor()
    assert.deepEqual(await seriousFaults(page), [])

    await page.goto(`${server.origin}/test/customers/${customer.id}?tab=add-ons`)
    await page.getByRole('button', { name: 'Charge for an add-on' }).click()
    await dialog.getByRole('combobox', { name: 'Add-on' }).click()
    await page.getByRole('option', { name: /خصم/ }).click()
    await dialog.getByLabel('Amount for one').fill('12.5')
    await dialog.getByRole('button', { name: 'Charge for it' }).click()
    await list.getByText('$12.50').waitFor()
    await list.getByText('Pending').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^More about خصم/ }).click()
    await page.getByRole('menuitem', { name: 'Take it off…' }).click()
    await page.getByRole('button', { name: 'Take it off', exact: true }).click()
    await list.getByText('Removed').waitFor()
    assert.deepEqual(errors, [])
  },
)

test(
  'a tax begins with the rate of a country, is assigned to a customer, taken away, and that is undone',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'KES' })
    const customer = await newCustomer(tenant.test, { currency: 'KES' })
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Taxes')
    await page.getByRole('button', { name: 'Set a tax up' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Begin with a country’s rate' }).click()
    await page.getByRole('option', { name: /^Kenya/ }).click()
    assert.equal(await dialog.getByLabel('Percent').inputValue(), '16')
    await dialog.getByRole('button', { name: 'Set the tax up' }).click()
    const taxes = page.getByRole('table', { name: 'Taxes' })
    await taxes.getByText('16 %').waitFor()
    await taxes.getByText('by default').waitFor()
    const { body } = await tenant.test('GET', '/taxes')
    const [{ name, code, country }] = body.data
    assert.equal(country, 'KE')

    await page.goto(`${server.origin}/test/customers/${customer.id}?tab=taxes`)
    await page.getByText('Taxed as everybody').waitFor()
    await page.getByRole('combobox', { name: 'Tax', exact: true }).click()
    await page.getByRole('option', { name }).click()
    await page.getByRole('button', { name: 'Assign' }).click()
    const assigned = page.getByRole('table', { name: 'Assigned taxes' })
    await assigned.getByText(name).waitFor()
    await assigned.getByRole('button', { name: `Take ${name} away` }).click()
    await page.getByText('Taxed as everybody').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await assigned.getByText(name).waitFor()
    const left = await tenant.test('GET', `/taxes/assignments?customerId=${customer.id}`)
    assert.deepEqual(
      left.body.data.map((one: { taxCode: string }) => one.taxCode),
      [code],
    )
    assert.deepEqual(errors, [])
  },
)

test(
  'a credit note opens from the list, tells where its money went, and is taken back by clicks',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'USD' })
    const as = tenant.test
    const customer = await newCustomer(as, { currency: 'USD' })
    const { body: invoice } = await as('POST', '/invoices', {
      customerId: customer.id,
      items: [{ description: longName, quantity: 1, unitAmount: 50 }],
      autoFinalize: true,
    })
    const {
      body: note,
      status,
      text,
    } = await as('POST', '/credit-notes', {
      invoiceId: invoice.id,
      items: [{ lineId: invoice.items[0].id, amount: 20 }],
      reason: 'ORDER_CHANGE',
    })
    assert.equal(status, 201, text)
    const { page, errors } = await visitor({ width: 375, height: 740 })
    await signIn(page, server.origin, tenant, '/credit-notes')
    await page.getByRole('table', { name: 'Credit notes' }).getByRole('button', { name: note.number }).click()
    await heading(page, note.number)
    await page.getByRole('table', { name: 'Lines' }).getByText('$20.00').waitFor()
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(over <= 0, `${over}px too wide`)
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Take it back…' }).click()
    await page.getByRole('button', { name: 'Take it back', exact: true }).click()
    await page.getByText('Voided', { exact: true }).waitFor()
    const { body: owed } = await as('GET', `/invoices/${invoice.id}`)
    assert.equal(owed.amountDue, 50)
    assert.deepEqual(errors, [])
  },
)

test(
  'a name and a code of a hundred letters push nothing out of a phone’s sight',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'KES' })
    const { status, text } = await tenant.test('POST', '/coupons', {
      name: longName,
      code: 'X'.repeat(100),
      discountType: 'FIXED_AMOUNT',
      discountValue: '1000000000000',
      currency: 'KES',
      duration: 'FOREVER',
    })
    assert.equal(status, 201, text)
    const { page } = await visitor({ width: 375, height: 740 })
    await signIn(page, server.origin, tenant, '/coupons')
    const list = page.getByRole('table', { name: 'Coupons' })
    await list.getByText('KES 1,000,000,000,000.00').waitFor()
    const hidden = await list.evaluate((table) => table.scrollWidth - (table.parentElement?.clientWidth ?? 0))
    assert.ok(hidden <= 0, `${hidden}px of the list of coupons are out of sight`)
  },
)

test('a customer’s own price for a plan is agreed on and ended by clicks', { skip: noBrowser }, async () => {
  const tenant = await newTenant(server, { currency: 'USD' })
  const plan = await newPlan(tenant.test, { prices: [{ currency: 'USD', amount: 50 }] })
  const customer = await newCustomer(tenant.test, { currency: 'USD', name: 'Grace Wanjiru' })
  const { page, errors } = await visitor()
  await signIn(page, server.origin, tenant, `/customers/${customer.id}?tab=own-prices`)
  await page.getByText('The prices of all').waitFor()
  await page.getByRole('button', { name: 'Agree on a price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Plan' }).click()
  await page.getByRole('option', { name: 'Pro' }).click()
  await dialog.getByLabel('Price of a period').fill('0')
  await dialog.getByRole('button', { name: 'Agree on it' }).click()
  const agreed = page.getByRole('table', { name: 'Own prices' })
  await agreed.getByText('$0.00').waitFor()
  await dialog.waitFor({ state: 'detached' })
  await page.goto(`${server.origin}/test/plans/${plan.id}`)
  await agreed.getByText('Grace Wanjiru').waitFor()
  await page.getByRole('button', { name: 'More about this agreement' }).click()
  await page.getByRole('menuitem', { name: 'End it…' }).click()
  await page.getByRole('button', { name: 'End it', exact: true }).click()
  await page.getByText('The prices of all').waitFor()
  const left = await tenant.test('GET', `/plan-overrides?planId=${plan.id}`)
  assert.deepEqual(left.body.data, [])
  assert.deepEqual(errors, [])
})

test(
  'without coupons, add-ons, taxes and wallets their pages teach; without the server they say so',
  {
    skip: noBrowser,
  },
  async () => {
    const { page } = await visitor({ colorScheme: 'dark' })
    await signIn(page, server.origin, await newTenant(server))
    await heading(page, 'Home')
    for (const one of [
      { name: 'Coupons', empty: 'No coupons yet', asks: '**/api/coupons**' },
      { name: 'Add-ons', empty: 'No add-ons yet', asks: '**/api/add-ons**' },
      { name: 'Taxes', empty: 'No taxes yet', asks: '**/api/taxes**' },
      { name: 'Wallets', empty: 'No wallets yet', asks: '**/api/wallets**' },
    ])
      await emptyAndFailing(page, one)
  },
)
