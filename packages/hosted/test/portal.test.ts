import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser, seriousFaults } from '../../dashboard/test/browser.ts'
import { newCustomer } from '../../server/test/billing-story.ts'
import { get, newMethod } from '../../server/test/payment-story.ts'
import { desktop, guest, owing, phone, portalUrl, startPages, work } from './story.ts'

const server = await startPages()

for (const [on, looks] of [
  ['a phone', phone],
  ['a desktop', desktop],
] as const) {
  test(
    `on ${on}, a customer cancels, thinks better of it, and changes the plan after seeing what it costs`,
    { skip: noBrowser },
    async () => {
      const { as, customer, subscription, team } = await owing(server, {}, 'sandbox_succeeds')
      const { page, errors } = await guest(looks)
      await page.goto(await portalUrl(as, customer.id))
      await page.getByRole('heading', { name: 'Hello, Wanjiku' }).waitFor()
      assert.deepEqual(await seriousFaults(page), [])
      assert.equal(await page.getByRole('heading', { name: 'To pay', exact: true }).count(), 0)

      await page.getByRole('button', { name: 'Cancel', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Nothing more is charged after that.').waitFor()
      assert.deepEqual(await seriousFaults(page), [])
      await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
      await page.getByText(/^Ends /).waitFor()
      assert.notEqual((await get(as, `/subscriptions/${subscription.id}`)).cancelAt, null)
      await page.getByRole('button', { name: 'Keep it after all' }).click()
      await page.getByText(/^Renews /).waitFor()

      await page.getByRole('button', { name: 'Change plan' }).click()
      await dialog.getByLabel('Team').check()
      await dialog.getByText('It changes now.').waitFor()
      const lines = await dialog.getByRole('rowheader', { name: 'Credited to you' }).evaluate((cell) => {
        const text = document.createRange()
        text.selectNodeContents(cell)
        return text.getClientRects().length
      })
      assert.equal(lines, 1)
      assert.deepEqual(await seriousFaults(page), [])
      await dialog.getByRole('button', { name: 'Change to Team' }).click()
      await page.getByText('Team', { exact: true }).waitFor()
      assert.equal((await get(as, `/subscriptions/${subscription.id}`)).planId, team.id)
      assert.deepEqual(errors, [])
    },
  )
}

test(
  'a customer pays what was declined with another saved method, and lets the old one go',
  { skip: noBrowser },
  async () => {
    const { as, customer, invoice } = await owing(server, {}, 'sandbox_declined')
    await newMethod(as, customer.id, 'sandbox_succeeds', {
      brand: 'mastercard',
      last4: '5555',
      expMonth: 4,
      expYear: 2031,
    })
    const { page, errors } = await guest()
    const url = await portalUrl(as, customer.id)
    await page.goto(url)
    await page.getByRole('heading', { name: 'To pay', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Make main: Mastercard •••• 5555' }).click()
    await page.getByRole('button', { name: 'Make main: Visa •••• 4242' }).waitFor()
    await page.getByRole('button', { name: 'Remove: Visa •••• 4242' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Visa •••• 4242').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: /^Pay/ }).click()
    await page.getByRole('button', { name: 'Pay with Mastercard •••• 5555' }).click()
    await page.getByRole('heading', { name: 'Your saved way to pay is being charged…' }).waitFor()
    await work(server)
    await page.getByRole('heading', { name: 'Thank you, it is paid' }).waitFor()
    await page.goto(url)
    await page.getByRole('heading', { name: 'Hello, Wanjiku' }).waitFor()
    assert.equal(await page.getByRole('heading', { name: 'To pay', exact: true }).count(), 0)
    assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    const pdf = await page.getByRole('link', { name: /^PDF/ }).getAttribute('href')
    assert.equal((await fetch(pdf ?? '')).headers.get('content-type'), 'application/pdf')
    assert.deepEqual(errors, [])
  },
)

test(
  'what a tenant does not allow is not offered; without anything the pages say what will be there',
  { skip: noBrowser },
  async () => {
    const { as, customer, session } = await owing(server, {}, 'sandbox_succeeds')
    await session('PATCH', '/tenants/me', { settings: { portal: null } })
    const { page, errors } = await guest()
    await page.goto(await portalUrl(as, customer.id))
    await page.getByText('Pro', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^(Cancel|Change)/ }).count(), 0)
    const nobody = await newCustomer(as, { name: 'New' })
    await page.goto(await portalUrl(as, nobody.id))
    await page.getByText('There is no invoice yet.').waitFor()
    await page.getByText('You have no subscription.').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    assert.deepEqual(errors, [])
  },
)

test('a stale page that cancels what has ended shows how it is now', { skip: noBrowser }, async () => {
  const { as, customer, subscription } = await owing(server, {}, 'sandbox_succeeds')
  const { page } = await guest()
  await page.goto(await portalUrl(as, customer.id))
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await as('POST', `/subscriptions/${subscription.id}/cancel`, { cancelAt: 'now' })
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click()
  await page.getByText('Something has changed meanwhile.').waitFor()
  await page.getByText('Ended', { exact: true }).waitFor()
})

test('a list goes on where it ended', { skip: noBrowser }, async () => {
  const { as, customer } = await owing(server)
  for (let count = 1; count <= 24; count++)
    await as('POST', '/invoices', {
      customerId: customer.id,
      items: [{ description: `Item ${count}`, quantity: 1, unitAmount: count }],
      autoFinalize: true,
    })
  const { page } = await guest()
  await page.goto(await portalUrl(as, customer.id))
  const listed = page.getByRole('region', { name: 'Invoices' })
  await listed.waitFor()
  assert.equal(await listed.getByRole('listitem').count(), 20)
  await listed.getByRole('button', { name: 'Show more' }).click()
  await listed.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
  assert.equal(await listed.getByRole('listitem').count(), 25)
})
