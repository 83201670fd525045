import type { ElectronicInvoice } from './electronic-invoice.ts'
import type { InvoiceDocument } from './invoice-document.ts'

/** What the process is asked for. */
export type Wanted =
  | { readonly kind: 'pdf'; readonly document: InvoiceDocument }
  | { readonly kind: 'ubl'; readonly invoice: ElectronicInvoice }

/** What the process answers: the bytes, or why there are none. */
export type Rendered = { readonly bytes: Uint8Array } | { readonly fault: string }

if (!process.send) throw new Error('render-process.ts runs as the child of a renderer only')
const answer = process.send.bind(process)

// A Ctrl-C reaches the whole group; the parent still drains, and this process ends when the parent lets go of it.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('message', (wanted: Wanted) => void render(wanted).then((rendered) => answer(rendered)))

// Each is loaded when the first of its kind is asked for.
let typesetter: Promise<(document: InvoiceDocument) => Uint8Array> | undefined
let ublWriter: Promise<(invoice: ElectronicInvoice) => Promise<Uint8Array>> | undefined

async function render(wanted: Wanted): Promise<Rendered> {
  try {
    if (wanted.kind === 'pdf') {
      typesetter ??= import('./typeset.ts').then(({ createTypesetter }) => createTypesetter())
      return { bytes: (await typesetter)(wanted.document) }
    }
    ublWriter ??= import('./electronic-invoice.ts').then(({ createUblWriter }) => createUblWriter())
    return { bytes: await (await ublWriter)(wanted.invoice) }
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) }
  }
}
