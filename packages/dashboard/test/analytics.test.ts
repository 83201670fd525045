import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { newPlan, subscribe } from '../../server/test/billing-story.ts'
import { rowsOfCsv } from '../../server/test/csv-story.ts'
import { newTenant, startServer } from '../../server/test/harness.ts'
import { collect, payingCustomer } from '../../server/test/payment-story.ts'
import { publicId } from '../../server/src/ids.ts'
import { noBrowser, seriousFaults, visitor } from './browser.ts'
import { emptyAndFailing } from './states.ts'
import { goTo, heading, signIn } from './steps.ts'

const server = await startServer()

test(
  'home and analytics tell what was earned, who pays, who stays and who owes, and what needs a hand',
  { skip: noBrowser },
  async () => {
    const tenant = await newTenant(server, { currency: 'KES', timezone: 'Africa/Nairobi' })
    const as = tenant.test
    const environment = publicId('environment', tenant.testEnvironmentId)
    const clock = (body: object) =>
      tenant.session('POST', `/tenants/me/environments/${environment}/clock`, body)
    await clock({ now: '2026-01-10T08:00:00Z' })
    const plan = await newPlan(as, { netPaymentTerms: 5 })
    for (const token of ['sandbox_succeeds', 'sandbox_succeeds', 'sandbox_insufficient_funds']) {
      const { customer } = await payingCustomer(as, token)
      await subscribe(as, { customerId: customer.id, planId: plan.id })
    }
    await collect(server)
    // The third is declined again and again, and ended: what it used of its month is still owed.
    await clock({ advance: { days: 9 } })

    const { page, errors } = await visitor()
    await signIn(page, server.origin, tenant)
    await heading(page, 'Home')
    await page.getByText('Needs a hand').waitFor()
    await page.getByText('1 invoice could not be collected.').waitFor()
    await page.waitForLoadState('networkidle')
    const text = await page.getByRole('main').innerText()
    assert.match(text, /Overdue\n+KES\s12\.90/)
    assert.match(text, /Monthly recurring revenue\n+KES\s99\.98/)
    assert.match(text, /Churn\n+33\.3%\n+1 ended/)
    assert.match(text, /New\n+3/)
    assert.deepEqual(await seriousFaults(page), [])

    await clock({ advance: { months: 1 } })
    await goTo(page, 'Analytics')
    await heading(page, 'Analytics')
    await page.getByRole('table', { name: 'Payments by provider' }).getByText('Sandbox').waitFor()
    await page
      .getByRole('table', { name: 'What is unpaid, by age' })
      .getByText('KES', { exact: true })
      .waitFor()
    await page.getByRole('table', { name: 'Who stays' }).getByText('2026-01').waitFor()
    await page.getByText('Why the others failed').waitFor()
    await page.getByText(/KES\s0\.00 as 2025-\d\d began, KES\s99\.98 now/).waitFor()
    await page.waitForLoadState('networkidle')
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('radiogroup', { name: 'Range' }).getByText('30 days').click()
    await page.waitForURL(/range=30/)

    await goTo(page, 'Invoices')
    await page.getByRole('combobox', { name: 'Status' }).click()
    await page.getByRole('option', { name: 'Failed' }).click()
    await page.waitForURL(/status=FAILED/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'invoices.csv')
    const saved = rowsOfCsv(await readFile(await download.path(), 'utf8'))
    const { data } = (await as('GET', '/invoices?status=FAILED')).body
    assert.deepEqual(
      saved.map(({ id }) => id),
      data.map(({ id }: { id: string }) => id),
    )
    assert.ok(saved.length > 0)
    await goTo(page, 'Settings')
    await page.getByRole('button', { name: 'Lines of invoices' }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await goTo(page, 'Audit log')
    await page.getByText('exports.invoices').waitFor()
    assert.deepEqual(errors, [])
  },
)

test(
  'without subscriptions analytics teach; without the server they say so',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor({ colorScheme: 'dark' })
    await signIn(page, server.origin, await newTenant(server))
    await emptyAndFailing(page, {
      name: 'Analytics',
      empty: 'Nothing to tell yet',
      asks: '**/api/analytics/**',
    })
  },
)

test(
  'the first load takes less than 250 kB of compressed script, and with the charts of the home page less than 350 kB',
  { skip: noBrowser },
  async () => {
    const { page } = await visitor()
    const sizes = new Map<string, number>()
    page.on('response', (response) => {
      if (!response.url().endsWith('.js')) return
      const { 'content-length': length, 'content-encoding': encoding } = response.headers()
      if (encoding === 'br') sizes.set(response.url(), Number(length))
      else void response.body().then((body) => sizes.set(response.url(), body.length))
    })
    await page.goto(`${server.origin}/sign-in`)
    await heading(page, 'Sign in')
    await page.waitForLoadState('networkidle')
    const sum = (): number => [...sizes.values()].reduce((all, size) => all + size, 0)
    assert.ok(sizes.size > 1)
    assert.ok(sum() < 250_000, `the sign-in loads ${sum()} bytes`)
    await signIn(page, server.origin, await newTenant(server))
    await heading(page, 'Home')
    await page.waitForLoadState('networkidle')
    assert.ok(sum() < 350_000, `the home page with its charts loads ${sum()} bytes`)
  },
)
