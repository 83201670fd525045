import type { Page } from 'playwright-core'
import type { TestTenant } from '../../server/test/harness.ts'

export const passwordOfAll = 'correct horse battery staple'
let accounts = 0

/** Opens an account by clicks. Returns its e-mail address. */
export async function register(page: Page, origin: string): Promise<string> {
  const email = `ada${++accounts}@example.com`
  await page.goto(`${origin}/register`)
  await page.getByLabel('Your name').fill('Ada Obi')
  await page.getByLabel('Company').fill('Acme Telecom')
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[type=password]').fill(passwordOfAll)
  await page.getByRole('button', { name: 'Open the account' }).click()
  await heading(page, 'Home')
  return email
}

/** Signs a tenant's owner in, on the way to a page of the test environment. */
export async function signIn(
  page: Page,
  origin: string,
  { email, password }: Pick<TestTenant, 'email' | 'password'>,
  path = '',
): Promise<void> {
  await page.goto(`${origin}/sign-in?from=${encodeURIComponent(`/test${path}`)}`)
  await page.getByLabel('E-mail').fill(email)
  await page.locator('input[type=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  // On a phone it is there, behind its button.
  await page.getByRole('navigation').waitFor({ state: 'attached' })
}

export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { name, level: 1 }).waitFor()

export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
