import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import { invoicesOf, subscribe } from '../../billing-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function pdf(url: string, credential?: string, accept = 'application/pdf'): Promise<Response> {
  return fetch(url, {
    headers: { accept, ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }) },
  })
}

test('a PDF has the same bytes when it is fetched again, also after the profile has changed', async () => {
  const { live, liveKey, session } = await newTenant(server)
  const subscription = await subscribe(live, {}, { customer: { name: 'አበበ ቢቂላ', locale: 'am' } })
  const [invoice] = await invoicesOf(live, subscription.id)
  const url = `${server.api}/invoices/${invoice.id}/pdf`
  const first = await pdf(url, liveKey)
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('content-type'), 'application/pdf')
  assert.match(first.headers.get('content-disposition') ?? '', /INV-2026-000001\.pdf/)
  const bytes = Buffer.from(await first.arrayBuffer())
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-')
  await live('PATCH', `/customers/${subscription.customerId}`, {
    name: 'Other',
    locale: 'en',
    timezone: 'Asia/Tokyo',
  })
  await session('PATCH', '/tenants/me', {
    companyName: 'Other',
    settings: { brandColor: '#ff0000', invoiceFooter: 'new' },
  })
  assert.deepEqual(Buffer.from(await (await pdf(url, liveKey)).arrayBuffer()), bytes)
})

test('an invoice that is open leads from its PDF to where it is paid, and one that is paid does not', async () => {
  const { live, liveKey } = await newTenant(server)
  const subscription = await subscribe(live)
  const [invoice] = await invoicesOf(live, subscription.id)
  const links = async (): Promise<boolean> => {
    const answer = await pdf(`${server.api}/invoices/${invoice.id}/pdf`, liveKey)
    return Buffer.from(await answer.arrayBuffer()).includes(`(${invoice.hostedUrl})`)
  }
  assert.ok(await links())
  const paid = await live('POST', `/invoices/${invoice.id}/mark-paid`, {})
  assert.equal(paid.status, 200, paid.text)
  assert.ok(!(await links()))
})

test('a signed link opens one invoice without a key, until it expires', async () => {
  const { live, liveKey } = await newTenant(server)
  const subscription = await subscribe(live)
  const [invoice] = await invoicesOf(live, subscription.id)
  const answer = await pdf(`${server.api}/invoices/${invoice.id}/pdf`, liveKey, 'application/json')
  const { url, expiresAt } = (await answer.json()) as { url: string; expiresAt: string }
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const path = new URL(url).pathname
  const opened = await pdf(`${server.origin}${path}`)
  assert.equal(opened.status, 200)
  assert.equal(
    Buffer.from(await opened.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  )
  const forged = path.slice(0, -6) + (path.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA')
  assert.equal((await pdf(`${server.origin}${forged}`)).status, 404)
  server.clock.set(expiresAt)
  assert.equal((await pdf(`${server.origin}${path}`)).status, 404)
  server.clock.set('2026-01-10T09:00:00Z')
})

test('another tenant’s PDF answers as one that does not exist', async () => {
  const [mine, theirs] = [await newTenant(server), await newTenant(server)]
  const subscription = await subscribe(theirs.live)
  const [invoice] = await invoicesOf(theirs.live, subscription.id)
  assert.equal((await pdf(`${server.api}/invoices/${invoice.id}/pdf`, mine.liveKey)).status, 404)
})
