import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { startMailServer } from '../../server/test/mail-server.ts'
import { mail } from '../../server/src/slices/mail/index.ts'
import { noBrowser, visitor } from './browser.ts'

const post = await startMailServer()
const server = await startServer({
  settings: { SMTP_URL: post.url, PUBLIC_URL: 'https://billing.example.com' },
})

/** The link in the last mail, as it leads to this server. */
async function mailedLink(page: string): Promise<string> {
  while (await mail.tick(server.deps));
  const html = String(post.received.at(-1)?.html)
  const link = new RegExp(`href="https://billing\\.example\\.com(/${page}#token=[\\w-]+)"`).exec(html)?.[1]
  assert.ok(link, html)
  return server.origin + link
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto(`${server.origin}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[type=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test(
  'forgotten: the page asks, the mail has the link, the link sets a new password, and that signs in; the old one does not',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server)
    const { page, errors } = await visitor()
    await page.goto(`${server.origin}/forgot-password`)
    await page.getByLabel('E-mail').fill(tenant.email)
    await page.getByRole('button', { name: /link/i }).click()
    await page.getByText(/on its way/).waitFor()
    await page.goto(await mailedLink('reset-password'))
    await page.locator('input[type=password]').fill('an even longer passphrase')
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByText('The new password is set').waitFor()
    await signIn(page, tenant.email, tenant.password)
    await page.getByText('This e-mail and password do not go together.').waitFor()
    await signIn(page, tenant.email, 'an even longer passphrase')
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    assert.deepEqual(errors, [])
  },
)

test('invited: the link of the mail opens the page on which one joins', { skip: noBrowser }, async () => {
  const tenant = await newTenant(server)
  await tenant.session('POST', '/tenants/me/members/invitations', {
    email: 'new@example.com',
    role: 'MEMBER',
  })
  const { page, errors } = await visitor()
  await page.goto(await mailedLink('accept-invitation'))
  await page.getByLabel('Your name').fill('New Member')
  await page.locator('input[type=password]').fill('a long passphrase')
  await page.getByRole('button', { name: /join/i }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  assert.deepEqual(errors, [])
})
