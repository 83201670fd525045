import { FormatFactoryService, type Invoice } from '@e-invoice-eu/core'

/** An invoice in the terms of UBL. */
export type ElectronicInvoice = Invoice

/** The two syntaxes that EN 16931 knows: UBL 2.1, and UN/CEFACT CII, which a Factur-X carries. */
export type Syntax = 'UBL' | 'CII'

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Loads the library and returns the function that writes invoices as XML. It writes without the library's own
 * check, which compiles its schema anew for each invoice (0.2 s) and asks for Peppol addresses that EN 16931 does not.
 */
export function createXmlWriter(): (invoice: ElectronicInvoice, syntax: Syntax) => Promise<Uint8Array> {
  const formats = new FormatFactoryService()
  const writers = {
    UBL: formats.createFormatService('UBL', silent),
    CII: formats.createFormatService('CII', silent),
  }
  return async (invoice, syntax) => {
    const said = syntax === 'CII' ? deliveredToBuyer(invoice) : invoice
    const xml = await writers[syntax].generate(said, { format: syntax, lang: 'en' })
    return typeof xml === 'string' ? Buffer.from(xml) : xml
  }
}

/** CII has a mandatory part about the delivery, which must not be empty: what is ours goes to the buyer's country (BT-80). */
function deliveredToBuyer({ 'ubl:Invoice': invoice }: ElectronicInvoice): ElectronicInvoice {
  const { 'cac:Country': country } = invoice['cac:AccountingCustomerParty']['cac:Party']['cac:PostalAddress']
  return {
    'ubl:Invoice': {
      ...invoice,
      'cac:Delivery': { 'cac:DeliveryLocation': { 'cac:Address': { 'cac:Country': country } } },
    },
  }
}
