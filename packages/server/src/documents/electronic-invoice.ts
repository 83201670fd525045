import { FormatFactoryService, type Invoice } from '@e-invoice-eu/core'

/** An invoice in the terms of UBL. */
export type ElectronicInvoice = Invoice

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Loads the library and returns the function that writes invoices as UBL 2.1. It writes without the library's own
 * check, which compiles its schema anew for each invoice (0.2 s) and asks for Peppol addresses that EN 16931 does not.
 */
export function createUblWriter(): (invoice: ElectronicInvoice) => Promise<Uint8Array> {
  const writer = new FormatFactoryService().createFormatService('UBL', silent)
  return async (invoice) => {
    const xml = await writer.generate(invoice, { format: 'UBL', lang: 'en' })
    return typeof xml === 'string' ? Buffer.from(xml) : xml
  }
}
