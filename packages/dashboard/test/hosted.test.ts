import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { newCustomer, subscribe } from '../../server/test/billing-story.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { get } from '../../server/test/payment-story.ts'
import { noBrowser, visitor } from './browser.ts'
import { heading, signIn } from './steps.ts'

const server = await startServer()

test(
  'a member opens the pages that a customer sees: its portal, and one of its invoices',
  { skip: noBrowser },
  async () => {
    await promisify(execFile)(process.execPath, [new URL('../../hosted/build.ts', import.meta.url).pathname])
    const tenant = await newTenant(server)
    const as = tenant.test
    const customer = await newCustomer(as, { name: 'Grace Wanjiru', currency: 'KES' })
    const subscription = await subscribe(as, { customerId: customer.id })
    const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
    const { page, errors } = await visitor()
    const opened = () => page.context().waitForEvent('page')
    await signIn(page, server.origin, tenant, `/customers/${customer.id}`)
    await heading(page, 'Grace Wanjiru')
    await page.getByRole('button', { name: 'More', exact: true }).click()
    const portal = opened()
    await page.getByRole('menuitem', { name: 'Open the customer’s portal' }).click()
    await (await portal).getByRole('heading', { name: 'Hello, Grace Wanjiru' }).waitFor()

    await page.goto(`${server.origin}/test/invoices/${invoice.id}`)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    const paying = opened()
    await page.getByRole('menuitem', { name: 'Open the customer’s page' }).click()
    await (await paying).getByText('Invoice from Acme').waitFor()
    assert.deepEqual(errors, [])
  },
)
