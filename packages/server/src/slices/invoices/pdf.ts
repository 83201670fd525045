import type { FastifyReply } from 'fastify'
import { type Reader, reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { renderFacturX, renderInvoicePdf, renderInvoiceUbl } from '../../documents/index.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findLogo } from '../tenants/index.ts'
import { sendFile } from '../../http/files.ts'
import { documentAsIssued, documentOf } from './document.ts'
import { findInvoice } from './find.ts'
import { openPdfLink } from './pdf-link.ts'
import { payUrlOf } from './present.ts'
import type { InvoiceRow } from './sql.ts'
import { ublOf } from './ubl.ts'

/** An invoice of one environment, and what reads there. */
export type InvoiceHere = {
  readonly reader: Pick<Reader, 'query'>
  readonly environmentId: string
  readonly row: InvoiceRow
}

/** The invoice as a PDF, with the way to pay it while it is open: the same bytes as long as its status is the same. */
export async function invoicePdf(
  deps: Pick<Deps, 'config' | 'jwtKeys'>,
  { reader, environmentId, row }: InvoiceHere,
): Promise<{ name: string; bytes: Uint8Array }> {
  const logo = await findLogo(reader, environmentId, row.issuer.logo)
  return {
    bytes: await renderInvoicePdf({ ...documentOf(row), logo, paymentUrl: payUrlOf(deps, row) }),
    name: `${row.number ?? publicId('invoice', row.id)}.pdf`,
  }
}

/** Answers with the invoice as a PDF. */
export async function sendPdf(deps: Deps, reply: FastifyReply, here: InvoiceHere): Promise<FastifyReply> {
  return sendFile(reply, { ...(await invoicePdf(deps, here)), type: 'application/pdf', shown: 'inline' })
}

/** Answers with an issued invoice as UBL: the same bytes every time. */
export async function sendUbl(reply: FastifyReply, row: InvoiceRow): Promise<FastifyReply> {
  return sendFile(reply, {
    bytes: await renderInvoiceUbl(ublOf(row)),
    type: 'application/xml; charset=utf-8',
    name: `${row.number ?? publicId('invoice', row.id)}.xml`,
    shown: 'attachment',
  })
}

/** Answers with an issued invoice as a Factur-X: the same bytes every time. */
export async function sendFacturX(
  reply: FastifyReply,
  { reader, environmentId, row }: InvoiceHere,
): Promise<FastifyReply> {
  const terms = ublOf(row)
  const logo = await findLogo(reader, environmentId, row.issuer.logo)
  return sendFile(reply, {
    bytes: await renderFacturX({ ...documentAsIssued(row), logo }, terms),
    type: 'application/pdf',
    name: `${row.number ?? publicId('invoice', row.id)}.pdf`,
    shown: 'attachment',
  })
}

/** Answers a signed link with its PDF. */
export async function sendLinkedPdf(deps: Deps, reply: FastifyReply, token: string): Promise<FastifyReply> {
  const target = openPdfLink(deps, 'invoice', token)
  if (!target) throw new Refusal('document_link_invalid')
  const { environmentId } = target
  const own = reader(deps.db, target)
  const row = await findInvoice(own, environmentId, publicId('invoice', target.id))
  return sendPdf(deps, reply, { reader: own, environmentId, row })
}
