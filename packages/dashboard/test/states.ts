import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { goTo, heading } from './steps.ts'
import { seriousFaults } from './browser.ts'

/** A page of the dashboard by its name, what it says while there is nothing, and what it asks the server for. */
export type PageUnderTest = { readonly name: string; readonly empty: string; readonly asks: string }

/** Opens a page while there is nothing and while the server fails: both say so, and axe finds nothing serious. */
export async function emptyAndFailing(page: Page, { name, empty, asks }: PageUnderTest): Promise<void> {
  await goTo(page, name)
  await heading(page, name)
  await page.getByText(empty).first().waitFor()
  assert.deepEqual(await seriousFaults(page), [], `${name}, empty`)
  await page.route(asks, (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/json',
      headers: { 'x-request-id': 'req-of-the-test' },
      body: JSON.stringify({ statusCode: 500, code: 'internal', message: 'Something went wrong.' }),
    }),
  )
  await page.reload()
  await page.getByText('This could not be loaded').first().waitFor()
  await page.getByText('Request req-of-the-test').first().waitFor()
  assert.deepEqual(await seriousFaults(page), [], `${name}, failing`)
  await page.unroute(asks)
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText(empty).first().waitFor()
}
