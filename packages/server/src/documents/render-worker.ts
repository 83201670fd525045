import { parentPort } from 'node:worker_threads'
import type { InvoiceDocument } from './invoice-document.ts'
import { createTypesetter } from './typeset.ts'

/** What the thread answers: the bytes, or why there are none. */
export type Rendered = { readonly pdf: Uint8Array<ArrayBuffer> } | { readonly fault: string }

const port = parentPort
if (!port) throw new Error('render-worker.ts runs in a worker thread only')
const typeset = createTypesetter()

port.on('message', (document: InvoiceDocument) => {
  const rendered = render(document)
  port.postMessage(rendered, 'pdf' in rendered ? [rendered.pdf.buffer] : [])
})

function render(document: InvoiceDocument): Rendered {
  try {
    return { pdf: Uint8Array.from(typeset(document)) }
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) }
  }
}
