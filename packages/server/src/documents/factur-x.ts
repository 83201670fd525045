import { PDFDocument, PDFName, PDFRawStream, PDFRef } from '@cantoo/pdf-lib'

/** The name that Factur-X wants its XML to have (Factur-X 1.0 §6.1). */
export const facturXFile = 'factur-x.xml'

const namespace = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'

const properties = [
  ['DocumentType', 'INVOICE', 'The type of the hybrid document in capital letters'],
  ['DocumentFileName', facturXFile, 'The name of the embedded XML document'],
  ['Version', '1.0', 'The version of the standard that applies to the embedded XML document'],
  ['ConformanceLevel', 'EN 16931', 'The conformance level of the embedded XML document'],
] as const

/** PDF/A has every property that it does not know described (ISO 19005-3 §6.6.2.3). */
const described = `<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>${namespace}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${properties
  .map(
    ([name, , description]) =>
      `<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${description}</pdfaProperty:description><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>`,
  )
  .join('')}</rdf:Seq></pdfaSchema:property></rdf:li>`

const said = `<rdf:Description rdf:about="" xmlns:fx="${namespace}">${properties
  .map(([name, value]) => `<fx:${name}>${value}</fx:${name}>`)
  .join('')}</rdf:Description>`

/**
 * Says in the metadata of a PDF/A-3, which has its XML attached, that it is a Factur-X of the profile EN 16931. All
 * else stays as it was: the tags, the dates, the identifier; so the same PDF gives the same bytes.
 */
export async function declareFacturX(pdf: Uint8Array): Promise<Uint8Array> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false })
  const place = document.catalog.get(PDFName.of('Metadata'))
  const metadata = place && document.context.lookup(place)
  if (!(place instanceof PDFRef) || !(metadata instanceof PDFRawStream))
    throw new Error('a PDF/A without metadata')
  const xmp = Buffer.from(metadata.contents).toString('utf8')
  const declared = after(
    before(xmp, '</rdf:Bag></pdfaExtension:schemas>', described),
    '</rdf:Description>',
    said,
  )
  document.context.assign(
    place,
    document.context.stream(Buffer.from(declared), { Type: 'Metadata', Subtype: 'XML' }),
  )
  return document.save({ useObjectStreams: false, updateFieldAppearances: false })
}

function before(text: string, place: string, added: string): string {
  const at = text.lastIndexOf(place)
  if (at === -1) throw new Error(`metadata without ${place}`)
  return text.slice(0, at) + added + text.slice(at)
}

function after(text: string, place: string, added: string): string {
  const at = text.lastIndexOf(place)
  if (at === -1) throw new Error(`metadata without ${place}`)
  return text.slice(0, at + place.length) + added + text.slice(at + place.length)
}
