import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { newCustomer } from './billing-story.ts'
import { type Caller, type TestServer, newTenant } from './harness.ts'

/** Where a customer must be for an electronic invoice. */
export const land = {
  country: 'KE',
  address: { line1: 'Moi Avenue 1', city: 'Nairobi', postalCode: '00100' },
}

/** A tenant that has what EN 16931 asks of a seller. */
export async function newSeller(server: TestServer) {
  const tenant = await newTenant(server)
  const { status, text } = await tenant.session('PATCH', '/tenants/me', {
    country: 'KE',
    settings: { taxId: 'P051234567X', address: { line1: 'Kimathi Street 2', city: 'Nairobi' } },
  })
  assert.equal(status, 200, text)
  return tenant
}

/** An invoice by hand, issued: two hours of advice at 100 KES unless said otherwise. */
export async function issuedByHand(as: Caller, body: object = {}, customer: object = {}) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', ...land, ...customer })
  const {
    body: invoice,
    status,
    text,
  } = await as('POST', '/invoices', {
    customerId,
    items: [{ description: 'Advice', quantity: 2, unitAmount: 100 }],
    autoFinalize: true,
    ...body,
  })
  assert.equal(status, 201, text)
  return invoice
}

/** A file that the API answers with. */
export async function fetchFile(
  server: TestServer,
  path: string,
  key: string,
  type: string,
): Promise<Buffer> {
  const answer = await fetch(`${server.api}${path}`, { headers: { authorization: `Bearer ${key}` } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(answer.status, 200, bytes.toString())
  assert.equal(answer.headers.get('content-type'), type)
  return bytes
}

const pdftotext = 'pdftotext'

/** Why the text of a PDF cannot be read here; false where it can. */
export const noPoppler = spawnSync(pdftotext, ['-v']).error ? 'pdftotext is not installed' : false

/** The text of a PDF as a reader copies it, with plain spaces. */
export function textOf(pdf: Uint8Array): string {
  const text = execFileSync(pdftotext, ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' })
  return text
    .normalize('NFKC')
    .replaceAll(/[\u200b\u2068\u2069]/gu, '')
    .replaceAll(/[ \u00a0\u202f]+/gu, ' ')
}
