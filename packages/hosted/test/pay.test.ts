import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser, seriousFaults } from '../../dashboard/test/browser.ts'
import { get } from '../../server/test/payment-story.ts'
import { desktop, guest, owing, phone, startPages, work } from './story.ts'

const server = await startPages()

for (const [on, looks] of [
  ['a phone', phone],
  ['a desktop', desktop],
] as const) {
  test(
    `on ${on}, an invoice is looked at, declined, and paid on a provider's page, with the way back`,
    { skip: noBrowser },
    async () => {
      const { as, invoice } = await owing(server)
      const { page, errors } = await guest(looks)
      await page.goto(invoice.hostedUrl)
      await page.getByText('Invoice from Kazi Telecom').waitFor()
      assert.match((await page.locator('.amount').textContent()) ?? '', /49\.99/)
      await page.getByText('Details').click()
      assert.equal(await page.locator('tbody tr').count(), 1)
      assert.deepEqual(await seriousFaults(page), [])
      const pdf = await page.getByRole('link', { name: 'Open the PDF' }).getAttribute('href')
      assert.equal((await fetch(pdf ?? '')).headers.get('content-type'), 'application/pdf')

      const pay = page.getByRole('button', { name: /^Pay/ })
      await pay.click()
      await page.getByRole('heading', { name: 'Sandbox' }).waitFor()
      assert.deepEqual(await seriousFaults(page), [])
      await page.getByRole('button', { name: 'Go back without paying' }).click()
      await page.getByText('You left without paying.').waitFor()

      await pay.click()
      await page.getByRole('button', { name: 'Not have enough money' }).click()
      await page.getByRole('heading', { name: 'Confirming your payment…' }).waitFor()
      assert.deepEqual(await seriousFaults(page), [])
      await work(server)
      await page.getByText('There was not enough money. Nothing was charged.').waitFor()

      await pay.click()
      await page.getByRole('button', { name: 'Pay', exact: true }).click()
      await page.getByRole('heading', { name: 'Confirming your payment…' }).waitFor()
      await work(server)
      await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
      assert.deepEqual(await seriousFaults(page), [])
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
      await page.reload()
      await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
      assert.deepEqual(errors, [])
    },
  )
}

test(
  'mobile money waits for the phone, and the page notices what it answers by itself',
  { skip: noBrowser },
  async () => {
    const { as, invoice } = await owing(server)
    const { page, errors } = await guest()
    await page.goto(invoice.hostedUrl)
    await page.getByLabel('Mobile money').check()
    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.getByText('Enter the number with its country code').waitFor()
    await page.getByLabel('Phone number').fill('+254 700 000 001')
    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.getByRole('heading', { name: 'Look at your phone' }).waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    server.clock.advance({ minutes: 1 })
    await work(server)
    await page.getByText('It was declined. Nothing was charged.').waitFor()

    await page.getByLabel('Mobile money').check()
    await page.getByLabel('Phone number').fill('+254 700 000 009')
    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.getByRole('heading', { name: 'Look at your phone' }).waitFor()
    // Whoever opens the page anew meanwhile waits on.
    await page.reload()
    await page.getByRole('heading', { name: 'Look at your phone' }).waitFor()
    server.clock.advance({ minutes: 1 })
    await work(server)
    await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
    assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).data.length, 1)
    assert.deepEqual(errors, [])
  },
)

test(
  'a saved method that is being charged is waited for, and nothing else can be paid meanwhile',
  { skip: noBrowser },
  async () => {
    const { as, invoice } = await owing(server, {}, 'sandbox_pending')
    const { page, errors } = await guest()
    await page.goto(invoice.hostedUrl)
    await page.getByRole('heading', { name: 'Your saved way to pay is being charged…' }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Pay/ }).count(), 0)
    server.clock.advance({ minutes: 2 })
    await work(server)
    await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
    assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).data.length, 1)
    assert.deepEqual(errors, [])
  },
)

test(
  'an invoice that was paid elsewhere while its page was open is not paid again',
  { skip: noBrowser },
  async () => {
    const { as, invoice } = await owing(server)
    const { page } = await guest()
    await page.goto(invoice.hostedUrl)
    await page.getByRole('button', { name: /^Pay/ }).waitFor()
    await as('POST', `/invoices/${invoice.id}/mark-paid`, {})
    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
    assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).data.length, 1)
  },
)

test(
  'what cannot be paid says so: taken back, given up, and in a live environment without a provider',
  { skip: noBrowser },
  async () => {
    const [taken, given] = [await owing(server), await owing(server)]
    await taken.as('POST', `/invoices/${taken.invoice.id}/void`, {})
    await given.as('POST', `/invoices/${given.invoice.id}/mark-uncollectible`, {})
    const { page, errors } = await guest()
    await page.goto(taken.invoice.hostedUrl)
    await page.getByRole('heading', { name: 'Nothing is to be paid' }).waitFor()
    await page.goto(given.invoice.hostedUrl)
    await page.getByText('This invoice is not collected any more.').waitFor()
    const customer = (await given.live('POST', '/customers', { email: 'live@example.com', currency: 'KES' }))
      .body
    const live = await given.live('POST', '/invoices', {
      customerId: customer.id,
      items: [{ description: 'A day', quantity: 1, unitAmount: 5 }],
      autoFinalize: true,
    })
    await page.goto(live.body.hostedUrl)
    await page.getByText('This invoice cannot be paid online. Ask Kazi Telecom how to pay.').waitFor()
    assert.equal(await page.getByText('Test: no money moves').count(), 0)
    assert.deepEqual(errors, [])
  },
)
