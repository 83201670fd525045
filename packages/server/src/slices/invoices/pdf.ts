import type { FastifyReply } from 'fastify'
import { reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { renderInvoicePdf, renderInvoiceUbl } from '../../documents/index.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { documentOf } from './document.ts'
import { findInvoice } from './find.ts'
import { openPdfLink } from './pdf-link.ts'
import type { InvoiceRow } from './sql.ts'
import { ublOf } from './ubl.ts'

/** Answers with the invoice as a PDF: the same bytes as long as its status is the same. */
export async function sendPdf(reply: FastifyReply, row: InvoiceRow): Promise<FastifyReply> {
  const pdf = await renderInvoicePdf(documentOf(row))
  return reply
    .type('application/pdf')
    .header('content-disposition', `inline; filename="${row.number ?? publicId('invoice', row.id)}.pdf"`)
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength))
}

/** Answers with an issued invoice as UBL: the same bytes every time. */
export async function sendUbl(reply: FastifyReply, row: InvoiceRow): Promise<FastifyReply> {
  const xml = await renderInvoiceUbl(ublOf(row))
  return reply
    .type('application/xml; charset=utf-8')
    .header('content-disposition', `attachment; filename="${row.number ?? row.id}.xml"`)
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(xml.buffer, xml.byteOffset, xml.byteLength))
}

/** Answers a signed link with its PDF. */
export async function sendLinkedPdf(deps: Deps, reply: FastifyReply, token: string): Promise<FastifyReply> {
  const target = openPdfLink(deps, token)
  if (!target) throw new Refusal('document_link_invalid')
  const scope = { tenantId: '', environmentId: target.environmentId }
  const id = publicId('invoice', target.invoiceId)
  return sendPdf(reply, await findInvoice(reader(deps.db, scope), target.environmentId, id))
}

/** Whether a caller would rather have JSON than the PDF itself. */
export function wantsJson(accept: string | undefined): boolean {
  const kinds = (accept ?? '').split(',').map((kind) => kind.split(';')[0]?.trim())
  return kinds.includes('application/json') && !kinds.includes('application/pdf')
}
