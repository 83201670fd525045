import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { newPlan } from '../../server/test/billing-story.ts'
import { type TestTenant, newTenant, startServer } from '../../server/test/harness.ts'
import { startMailServer } from '../../server/test/mail-server.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { goTo, heading, signIn } from './steps.ts'

const post = await startMailServer()
const server = await startServer({ settings: { WEBHOOK_TARGETS: 'any' } })

const settingsOf = async (tenant: TestTenant) => (await tenant.session('GET', '/tenants/me')).body.settings
/** What it says when something was done, gone before the next. */
async function said(page: Page, words: string): Promise<void> {
  const note = page.getByRole('alert').filter({ hasText: words })
  await note.waitFor()
  await note.getByRole('button').click()
  await note.waitFor({ state: 'detached' })
}

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test(
  'how charges are tried again, what mails go out and by whom, and what customers may do is set by clicks, and taken back',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    await newPlan(tenant.test, { name: 'Team', code: 'team' })
    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await goTo(page, 'Settings')
    await heading(page, 'Settings')
    assert.deepEqual(await seriousFaults(page), [])

    const days = page.getByRole('combobox', { name: 'Tried again on days' })
    await days.fill('14')
    await days.press('Enter')
    await page.getByRole('combobox', { name: 'When all have failed' }).click()
    await page.getByRole('option', { name: 'it is paused' }).click()
    await page.getByRole('button', { name: 'Save: Failed charges' }).click()
    await said(page, 'Saved')
    assert.deepEqual((await settingsOf(tenant)).dunning, {
      retryDays: [1, 3, 5, 7, 14],
      finalAction: 'PAUSE',
    })
    await days.fill('200')
    await days.press('Enter')
    await page.getByRole('button', { name: 'Save: Failed charges' }).click()
    await page.getByText('must be <= 90').waitFor()
    await page.getByRole('button', { name: 'Back to the usual: Failed charges' }).click()
    await said(page, 'As usual again')
    assert.equal((await settingsOf(tenant)).dunning, undefined)

    await page.getByRole('checkbox', { name: 'Overdue invoices' }).uncheck()
    // What is typed in one form outlives the saving of another.
    await page.getByRole('button', { name: 'Save: Failed charges' }).click()
    await said(page, 'Saved')
    assert.equal(await page.getByRole('checkbox', { name: 'Overdue invoices' }).isChecked(), false)
    await page.getByRole('textbox', { name: 'Answers go to' }).fill('billing@acme.example')
    await page.getByRole('button', { name: 'Save: Mails to customers' }).click()
    await said(page, 'Saved')
    const { emails } = await settingsOf(tenant)
    assert.deepEqual([emails.overdue, emails.invoice, emails.replyTo], [false, true, 'billing@acme.example'])

    await page.getByRole('switch', { name: 'They may end a subscription' }).check({ force: true })
    await page.getByRole('combobox', { name: 'Plans they may change to' }).click()
    await page.getByRole('option', { name: 'team' }).click()
    await page.getByRole('button', { name: 'Save: Customers’ pages' }).click()
    await said(page, 'Saved')
    assert.deepEqual((await settingsOf(tenant)).portal, { cancel: true, plans: ['team'] })

    const { port } = new URL(post.url)
    await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1')
    await page.getByRole('textbox', { name: 'Port' }).fill(port)
    await page.getByRole('textbox', { name: 'Sender' }).fill('Acme <billing@acme.example>')
    await page.getByRole('switch', { name: 'TLS from the first byte' }).uncheck({ force: true })
    await page.getByRole('button', { name: 'Save: Mail server' }).click()
    await said(page, 'Saved')
    await page.getByRole('textbox', { name: 'Send a test to' }).fill('me@acme.example')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('The mail server took the mail for me@acme.example.').waitFor()
    assert.equal(post.received.length, 1)

    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') })
    await page.getByRole('img', { name: 'Your logo' }).waitFor()
    await page.getByRole('textbox', { name: 'Drafts wait for' }).fill('3')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await said(page, 'Saved')
    const after = await settingsOf(tenant)
    assert.deepEqual([after.logo, after.invoiceGracePeriodDays], [`data:image/png;base64,${pixel}`, 3])
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(errors, [])
  },
)
