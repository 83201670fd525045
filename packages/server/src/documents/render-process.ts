import type { InvoiceDocument } from './invoice-document.ts'
import { createTypesetter } from './typeset.ts'

/** What the process answers: the bytes, or why there are none. */
export type Rendered = { readonly pdf: Uint8Array } | { readonly fault: string }

if (!process.send) throw new Error('render-process.ts runs as the child of a renderer only')
const answer = process.send.bind(process)
const typeset = createTypesetter()

// A Ctrl-C reaches the whole group; the parent still drains, and this process ends when the parent lets go of it.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('message', (document: InvoiceDocument) => answer(render(document)))

function render(document: InvoiceDocument): Rendered {
  try {
    return { pdf: typeset(document) }
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) }
  }
}
