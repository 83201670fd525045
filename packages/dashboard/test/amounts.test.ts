import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../server/test/billing-story.ts'
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
  'without coupons and wallets their pages teach; without the server they say so',
  {
    skip: noBrowser,
  },
  async () => {
    const { page } = await visitor({ colorScheme: 'dark' })
    await signIn(page, server.origin, await newTenant(server))
    await heading(page, 'Home')
    for (const one of [
      { name: 'Coupons', empty: 'No coupons yet', asks: '**/api/coupons**' },
      { name: 'Wallets', empty: 'No wallets yet', asks: '**/api/wallets**' },
    ])
      await emptyAndFailing(page, one)
  },
)
