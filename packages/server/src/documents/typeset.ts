import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { loadFonts } from './fonts.ts'
import type { InvoiceDocument } from './invoice-document.ts'
import { type LogoFile, safeLogo } from './logo.ts'
import { type PrintedInvoice, printInvoice } from './printed-invoice.ts'

// The compiler forgets what the last few documents did not use; without it, it keeps every document it has set.
const keptGenerations = 3

/** An XML file that travels within a PDF and says the same (ISO 19005-3 §6.8, relationship Alternative). */
export type Attachment = { readonly name: string; readonly bytes: Uint8Array }

/** Sets a document as a PDF/A-3a. */
export type Typesetter = (document: InvoiceDocument, attachment?: Attachment) => Uint8Array

type Content = PrintedInvoice & { readonly attachment: string | null }

/**
 * Loads the compiler and the fonts (about 0.2 s) and returns the function that sets documents, one at a time and on
 * the thread that calls it. The result depends on the document alone: no clock, no zone, no font of the machine.
 */
export function createTypesetter(): Typesetter {
  const fonts = loadFonts()
  // A folder that is not there: a document reaches no file but those it is handed.
  const workspace = fileURLToPath(new URL('no-files', import.meta.url))
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: [...fonts.files] }] })
  const template = readFileSync(new URL('invoice.typ', import.meta.url), 'utf8')

  return (document, attachment) => {
    const printed = { ...printInvoice(document, fonts), attachment: attachment?.name ?? null }
    if (attachment) compiler.mapShadow(join(workspace, attachment.name), Buffer.from(attachment.bytes))
    const logo = safeLogo(document.logo)
    try {
      return logo ? setWithLogo(printed, logo) : set({ ...printed, logo: null })
    } finally {
      compiler.resetShadow()
      compiler.evictCache(keptGenerations)
    }
  }

  // Only the compiler can tell a picture it cannot draw or PDF/A does not allow, and the invoice matters more.
  function setWithLogo(printed: Content, logo: LogoFile): Uint8Array {
    compiler.mapShadow(join(workspace, logo.name), logo.bytes)
    try {
      return set({ ...printed, logo: logo.name })
    } catch {
      return set({ ...printed, logo: null })
    }
  }

  // Set and written in one call: a document handed to JavaScript keeps its memory until a collection.
  function set(content: Content & { readonly logo: string | null }): Uint8Array {
    compiler.mapShadow(join(workspace, 'invoice.json'), Buffer.from(JSON.stringify(content)))
    return compiler.pdf({ mainFileContent: template }, { pdfStandard: 'a-3a' })
  }
}
