import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, caller, newKey, startServer } from '../../server/test/harness.ts'
import { customerMail } from '../../server/src/slices/mail/index.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'

const server = await startServer()
const account = { email: 'ada@example.com', password: 'correct horse battery staple' }

test(
  'the mails of a test environment are listed, open in a page that runs nothing, and are sent again; also when there are none, and when they cannot be read',
  { skip: noBrowser },
  async () => {
    const { page, errors } = await visitor()
    await page.goto(`${server.origin}/register`)
    await page.getByLabel('Your name').fill('Ada Obi')
    await page.getByLabel('Company').fill('Acme Telecom')
    await page.getByLabel('E-mail').fill(account.email)
    await page.locator('input[type=password]').fill(account.password)
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Mails', exact: true }).click()
    await page.getByText('No mails').waitFor()

    const { body: session } = await call(server, 'POST', '/auth/login', { body: account })
    const key = await newKey(caller(server, session.accessToken), [
      'customers:write',
      'invoices:read',
      'invoices:write',
    ])
    const as = caller(server, key)
    const { body: customer } = await as('POST', '/customers', {
      email: 'grace@example.com',
      name: '<img src=x onerror="document.title=1">',
      currency: 'KES',
    })
    const { body: invoice } = await as('POST', '/invoices', {
      customerId: customer.id,
      items: [{ description: 'Work', quantity: 1, unitAmount: 50 }],
      autoFinalize: true,
    })
    server.clock.advance({ seconds: 61 })
    while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)

    await page.reload()
    const subject = `Invoice ${invoice.number} from Acme Telecom`
    await page.getByText(subject).waitFor()
    await page.getByText('grace@example.com').waitFor()
    await page.waitForLoadState('networkidle')
    assert.deepEqual(await seriousFaults(page), [])
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    const mail = await opened
    await mail.getByText('Hello <img src=x onerror="document.title=1">,').waitFor()
    assert.equal(await mail.title(), subject)
    await mail.close()

    await page.getByRole('button', { name: 'Send again' }).first().click()
    await page.getByText('On its way again').waitFor()
    await page.goto(`${server.origin}/test/invoices/${invoice.id}`)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Send by mail' }).click()
    await page.getByText('The mail is on its way').waitFor()
    assert.equal((await as('GET', '/mails?kind=INVOICE')).body.meta.total, 3)

    await page.route('**/api/mails?*', (route) =>
      route.fulfill({ status: 500, json: { message: 'No luck.' } }),
    )
    await page.goto(`${server.origin}/test/mails`)
    await page.getByRole('button', { name: /again/i }).waitFor()
    assert.deepEqual(errors, [])
  },
)
