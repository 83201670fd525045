import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import { loadFonts } from '../src/documents/fonts.ts'
import { type InvoiceDocument } from '../src/documents/index.ts'
import { printInvoice } from '../src/documents/printed-invoice.ts'
import { createTypesetter } from '../src/documents/typeset.ts'

export const folder = mkdtempSync(join(tmpdir(), 'novabilling-documents-'))

after(() => rmSync(folder, { recursive: true, force: true }))

export const fonts = loadFonts()

export const typeset = createTypesetter()

export const noProc = process.platform === 'linux' ? false : 'needs /proc'

export const pdftotext = 'pdftotext'

export const noPoppler = spawnSync(pdftotext, ['-v']).error ? 'pdftotext is not installed' : false

export const invoice: InvoiceDocument = {
  kind: 'INVOICE',
  number: 'INV-2026-000042',
  status: 'PENDING',
  currency: 'UGX',
  locale: 'en-UG',
  issuedOn: '2026-11-30',
  dueOn: '2026-12-14',
  paidOn: null,
  from: { name: 'Nile Software', address: ['Kampala Road 12', 'Kampala'], taxId: '1001234567' },
  billTo: { name: 'Acacia Traders', address: ['Market Street 4', 'Jinja'], email: 'accounts@acacia.example' },
  lines: [
    {
      description: 'Growth plan',
      quantity: '1',
      unitAmount: '150000',
      amountMinor: 150_000n,
      from: '2026-12-01',
      to: '2027-01-01',
    },
    { description: 'API calls', quantity: '12500.5', unitAmount: '0.2034', amountMinor: 2542n },
  ],
  subtotalMinor: 152_542n,
  discountMinor: 0n,
  taxes: [{ name: 'VAT', rate: '18', baseMinor: 152_542n, amountMinor: 27_458n }],
  totalMinor: 180_000n,
  paidMinor: 0n,
  creditedMinor: 0n,
  dueMinor: 180_000n,
  paymentUrl: 'https://pay.example/i/42',
}

export const print = (change: Partial<InvoiceDocument> = {}) => printInvoice({ ...invoice, ...change }, fonts)

export const amounts = (change: Partial<InvoiceDocument>) =>
  print(change).sums.map(({ amount }) => spaced(amount))

export const spaced = (text: string) => text.replaceAll(/[\u00a0\u202f]/gu, ' ')

export const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export function poppler(program: string, pdf: Uint8Array, ...options: string[]): string {
  const path = join(folder, `${digest(pdf)}.pdf`)
  writeFileSync(path, pdf)
  return execFileSync(program, program === 'pdfinfo' ? [path] : [...options, path, '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** The text of a PDF as a reader copies it, without the places where a long word may break. */
export const textOf = (pdf: Uint8Array) =>
  poppler('pdftotext', pdf)
    .normalize('NFKC')
    .replaceAll(/[\u200b\u2068\u2069]/gu, '')

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

export async function until(condition: () => boolean, message: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (condition()) return
    await delay(50)
  }
  assert.fail(message)
}

/** A PNG of the given size by its head; only a small one holds its pixels. */
export function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), content])
    const framed = Buffer.alloc(body.length + 8)
    framed.writeUInt32BE(content.length)
    body.copy(framed, 4)
    framed.writeUInt32BE(crc32(body), body.length + 4)
    return framed
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  const pixels = Buffer.alloc(Math.min(height, 8) * (1 + 3 * Math.min(width, 8)))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The Hebrew font under the name of our first one: drawn with it, an invoice would have no Latin letters. */
export function fontNamedNotoSans(): Buffer {
  const path = '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf'
  const font = readFileSync(createRequire(import.meta.url).resolve(path))
  for (let table = 12; table < 12 + font.readUInt16BE(4) * 16; table += 16) {
    if (font.toString('latin1', table, table + 4) !== 'name') continue
    const names = font.readUInt32BE(table + 8)
    for (let index = 0; index < font.readUInt16BE(names + 2); index++) {
      const name = names + 6 + index * 12
      if (font.readUInt16BE(name + 6) === 1) font.writeUInt16BE('Noto Sans'.length * 2, name + 8)
    }
  }
  return font
}
