import type { ElectronicInvoice, createXmlWriter } from './electronic-invoice.ts'
import type { InvoiceDocument, Logo } from './invoice-document.ts'
import type { Typesetter } from './typeset.ts'

/** What the process is asked for. */
export type Wanted =
  | { readonly kind: 'pdf'; readonly document: InvoiceDocument }
  | { readonly kind: 'ubl'; readonly invoice: ElectronicInvoice }
  | { readonly kind: 'factur-x'; readonly document: InvoiceDocument; readonly invoice: ElectronicInvoice }
  | { readonly kind: 'logo'; readonly logo: Logo }

/** What the process answers: the bytes, or why there are none. */
export type Rendered = { readonly bytes: Uint8Array } | { readonly fault: string }

if (!process.send) throw new Error('render-process.ts runs as the child of a renderer only')
const answer = process.send.bind(process)

// A Ctrl-C reaches the whole group; the parent still drains, and this process ends when the parent lets go of it.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('message', (wanted: Wanted) => void render(wanted).then((rendered) => answer(rendered)))

// Each is loaded when the first of its kind is asked for.
let typesetter: Promise<Typesetter> | undefined
let xmlWriter: Promise<ReturnType<typeof createXmlWriter>> | undefined

async function render(wanted: Wanted): Promise<Rendered> {
  try {
    return { bytes: await bytesOf(wanted) }
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) }
  }
}

async function bytesOf(wanted: Wanted): Promise<Uint8Array> {
  if (wanted.kind === 'logo') return (await import('./logo-check.ts')).drawLogo(wanted.logo)
  if (wanted.kind === 'pdf') return (await loadTypesetter())(wanted.document)
  xmlWriter ??= import('./electronic-invoice.ts').then(({ createXmlWriter }) => createXmlWriter())
  const write = await xmlWriter
  if (wanted.kind === 'ubl') return write(wanted.invoice, 'UBL')
  const { declareFacturX, facturXFile } = await import('./factur-x.ts')
  const bytes = await write(wanted.invoice, 'CII')
  return declareFacturX((await loadTypesetter())(wanted.document, { name: facturXFile, bytes }))
}

function loadTypesetter(): Promise<Typesetter> {
  return (typesetter ??= import('./typeset.ts').then(({ createTypesetter }) => createTypesetter()))
}
