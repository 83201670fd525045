import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { asOwner } from '../../billing-story.ts'
import { creditNote } from '../../credit-story.ts'
import { fetchFile, issuedByHand, newSeller, noPoppler, textOf } from '../../document-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const pdf = 'application/pdf'

const dataUrl = (content: string | Buffer, type = 'image/svg+xml') =>
  `data:${type};base64,${Buffer.from(content).toString('base64')}`
const svg = (content: string, root = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" ${root}>${content}</svg>`
const drawing = (color: string) => dataUrl(svg(`<rect width="9" height="9" fill="${color}"/>`))
/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
)

type Tenant = Awaited<ReturnType<typeof newTenant>>
async function set({ session }: Tenant, settings: object) {
  const { status, body, text } = await session('PATCH', '/tenants/me', { settings })
  assert.equal(status, 200, text)
  return body.settings
}

test('an issued invoice and its credit note keep the logo that it was issued with, a new one stands on the next', async () => {
  const tenant = await newSeller(server)
  const { live, liveKey } = tenant
  const filesOf = (invoice: { id: string }, note: { id: string }) =>
    Promise.all(
      [
        `/invoices/${invoice.id}/pdf`,
        `/invoices/${invoice.id}/factur-x`,
        `/credit-notes/${note.id}/pdf`,
        `/credit-notes/${note.id}/factur-x`,
      ].map((path) => fetchFile(server, path, liveKey, pdf)),
    )
  const issue = async () => {
    const invoice = await issuedByHand(live)
    return { invoice, note: await creditNote(live, { invoiceId: invoice.id, amount: 1 }) }
  }
  const before = await issue()
  const bare = await filesOf(before.invoice, before.note)
  const red = drawing('#ff0000')
  assert.equal((await set(tenant, { logo: red })).logo, red)
  assert.equal((await tenant.session('GET', '/tenants/me')).body.settings.logo, red)
  const own = await issue()
  const drawn = await filesOf(own.invoice, own.note)

  const shown = await set(tenant, { logo: drawing('#00ff00'), brandColor: '#123456' })
  assert.equal(shown.logo, drawing('#00ff00'))
  assert.equal((await set(tenant, { invoiceFooter: 'x' })).logo, drawing('#00ff00'))
  assert.deepEqual(await filesOf(own.invoice, own.note), drawn)
  // A logo later does not come onto what was issued before it.
  assert.deepEqual(await filesOf(before.invoice, before.note), bare)
  assert.equal((await set(tenant, { logo: null })).logo, undefined)
  assert.deepEqual(await filesOf(own.invoice, own.note), drawn)

  const [kept] = await asOwner<{ count: number }>(
    server,
    'select count(*)::int as count from logos where tenant_id = (select tenant_id from environments where id = $1)',
    [tenant.liveEnvironmentId],
  )
  assert.equal(kept?.count, 2)
  const [rights] = await asOwner<{ any: boolean }>(
    server,
    `select bool_or(has_table_privilege(role, 'logos', verb)) as any
     from unnest(array['nova_api', 'nova_worker']) as role, unnest(array['update', 'delete', 'truncate']) as verb`,
    [],
  )
  assert.equal(rights?.any, false)
})

test('the logo is drawn, and in place of the name', { skip: noPoppler }, async () => {
  const tenant = await newTenant(server)
  const namesIn = async () => {
    const invoice = await issuedByHand(tenant.live)
    const file = await fetchFile(server, `/invoices/${invoice.id}/pdf`, tenant.liveKey, pdf)
    return textOf(file).split('Acme').length - 1
  }
  assert.equal(await namesIn(), 2)
  for (const logo of [drawing('red'), dataUrl(png, 'image/png')]) {
    await set(tenant, { logo })
    assert.equal(await namesIn(), 1)
  }
})

test('a signed link shows the logo too', async () => {
  const tenant = await newTenant(server)
  await set(tenant, { logo: drawing('red') })
  const invoice = await issuedByHand(tenant.live)
  const note = await creditNote(tenant.live, { invoiceId: invoice.id, amount: 1 })
  for (const path of [`/invoices/${invoice.id}/pdf`, `/credit-notes/${note.id}/pdf`]) {
    const answer = await fetch(`${server.api}${path}`, {
      headers: { authorization: `Bearer ${tenant.liveKey}`, accept: 'application/json' },
    })
    const { url } = (await answer.json()) as { url: string }
    const opened = await fetch(`${server.origin}${new URL(url).pathname}`)
    assert.deepEqual(
      Buffer.from(await opened.arrayBuffer()),
      await fetchFile(server, path, tenant.liveKey, pdf),
    )
  }
})

test('a logo that is no mere picture is refused, and the one before stays', async () => {
  const tenant = await newTenant(server)
  await set(tenant, { logo: drawing('red') })
  const huge = Buffer.from(png)
  huge.writeUInt32BE(100_000, 16)
  huge.writeUInt32BE(100_000, 20)
  const deep = '<g>'.repeat(20_000) + '</g>'.repeat(20_000)
  const hostile: Record<string, string> = {
    script: dataUrl(svg('<script>alert(1)</script>')),
    'script by another name': dataUrl('<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script/></s:svg>'),
    handler: dataUrl(svg('<rect width="9" height="9"/>', 'onload="alert(1)"')),
    'link to run': dataUrl(svg('<a xlink:href="javascript:alert(1)"><rect width="9" height="9"/></a>')),
    'file of the machine': dataUrl(svg('<image xlink:href="file:///etc/passwd"/>')),
    'address of the cloud': dataUrl(svg('<image href="http://169.254.169.254/latest"/>')),
    'picture within, that is one again': dataUrl(svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>')),
    entities: dataUrl(`<!DOCTYPE svg [<!ENTITY a "b">]>${svg('&a;')}`),
    'style sheet from afar': dataUrl(svg('<style>@import url(https://x.example/a.css)</style>')),
    page: dataUrl(svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>')),
    text: dataUrl(svg('<text>x</text>')),
    compressed: dataUrl(gzipSync(svg('<text>x</text>'))),
    'another encoding': dataUrl(Buffer.from(svg('<text>x</text>'), 'utf16le')),
    'nested beyond measure': dataUrl(svg(deep)),
    'no SVG': dataUrl('<svg'),
    'no picture': dataUrl('x', 'image/png'),
    'cut off': dataUrl(png.subarray(0, 40), 'image/png'),
    'more pixels than memory': dataUrl(huge, 'image/png'),
    'PNG as JPEG': dataUrl(png, 'image/jpeg'),
  }
  for (const [name, logo] of Object.entries(hostile)) {
    const { status, body } = await tenant.session('PATCH', '/tenants/me', { settings: { logo } })
    assert.deepEqual([status, body.errors?.[0]?.path], [400, 'settings.logo'], name)
    assert.match(body.errors[0].message, /^must be /, name)
  }
  assert.equal((await tenant.session('GET', '/tenants/me')).body.settings.logo, drawing('red'))
})

test(
  'the paper is what the tenant says, else what the customer’s country prints on; fields of the law are on each document',
  { skip: noPoppler },
  async () => {
    const tenant = await newTenant(server)
    const { live, liveKey } = tenant
    const sizeOf = async (customer: object) => {
      const { id } = await issuedByHand(live, {}, customer)
      const source = (await fetchFile(server, `/invoices/${id}/pdf`, liveKey, pdf)).toString('latin1')
      return /\/MediaBox \[0 0 ([\d.]+)/u.exec(source)?.[1]
    }
    const american = { country: 'US', address: undefined }
    assert.deepEqual([await sizeOf({}), await sizeOf(american)], ['595.2756', '612'])
    await set(tenant, { paperSize: 'LETTER', fiscalFields: [{ label: 'RCCM', value: 'CI-ABJ-2020-B-1' }] })
    assert.equal(await sizeOf({}), '612')
    const invoice = await issuedByHand(live)
    const note = await creditNote(live, { invoiceId: invoice.id, amount: 1 })
    await set(tenant, { paperSize: 'A4', fiscalFields: null })
    assert.equal(await sizeOf(american), '595.2756')
    for (const path of [`/invoices/${invoice.id}/pdf`, `/credit-notes/${note.id}/pdf`])
      assert.match(textOf(await fetchFile(server, path, liveKey, pdf)), /RCCM CI-ABJ-2020-B-1/)
    assert.equal((await get(live, `/invoices/${invoice.id}`)).from.name, 'Acme')
  },
)

test('an upgrade keeps the logos that were among the settings, and leaves out what never was one', async () => {
  const [good, bad] = [await newTenant(server), await newTenant(server)]
  await set(good, { brandColor: '#123456' })
  const store = (tenant: Tenant, logo: string) =>
    asOwner(
      server,
      `update tenants set settings = settings || jsonb_build_object('logo', $2::text)
       where id = (select tenant_id from environments where id = $1)`,
      [tenant.liveEnvironmentId, logo],
    )
  await asOwner(
    server,
    'alter table tenants drop column logo_digest; drop table logos; drop table credit_note_derivations',
  )
  await store(good, drawing('red'))
  await store(bad, 'data:image/png;base64,AAAAA')
  const migration = new URL('../../../migrations/0011_documents.sql', import.meta.url)
  await asOwner(server, await readFile(migration, 'utf8'))
  const settingsOf = async ({ session }: Tenant) => (await session('GET', '/tenants/me')).body.settings
  assert.deepEqual(await settingsOf(good), { brandColor: '#123456', logo: drawing('red') })
  assert.deepEqual(await settingsOf(bad), {})
})
