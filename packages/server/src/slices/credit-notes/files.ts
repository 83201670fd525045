import type { FastifyReply } from 'fastify'
import { type Reader, reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import {
  type ElectronicInvoice,
  type Logo,
  renderFacturX,
  renderInvoicePdf,
  renderInvoiceUbl,
} from '../../documents/index.ts'
import { sendFile } from '../../http/files.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findLogo } from '../tenants/index.ts'
import { type InvoiceRow, findInvoice, openPdfLink, ublOf as ublOfInvoice } from '../invoices/index.ts'
import { documentOf } from './document.ts'
import { findCreditNote } from './find.ts'
import type { CreditNoteRow } from './sql.ts'
import { ublOf } from './ubl.ts'

/** A credit note with the invoice it corrects. */
type Corrected = {
  readonly note: CreditNoteRow
  readonly invoice: InvoiceRow
  /** That it was issued with. */
  readonly logo: Logo | null
}

/** A credit note by its public id, with what its files are made of. */
export async function findCorrected(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<Corrected> {
  const note = await findCreditNote(reader, environmentId, id)
  return {
    note,
    invoice: await findInvoice(reader, environmentId, publicId('invoice', note.invoice_id)),
    logo: await findLogo(reader, environmentId, note.issuer.logo),
  }
}

/** A credit note with its invoice, and its PDF when that is asked for: the same bytes as long as its status is the same. */
export async function creditNotePdf(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<{
  note: CreditNoteRow
  invoice: InvoiceRow
  file: () => Promise<{ name: string; bytes: Uint8Array }>
}> {
  const { note, invoice, logo } = await findCorrected(reader, environmentId, id)
  return { note, invoice, file: () => pdfOf({ note, invoice, logo }) }
}

async function pdfOf({ note, invoice, logo }: Corrected): Promise<{ name: string; bytes: Uint8Array }> {
  const bytes = await renderInvoicePdf({ ...documentOf(note, invoice), logo })
  return { name: `${nameOf(note)}.pdf`, bytes }
}

/** Answers with the credit note as a PDF. */
export async function sendPdf(reply: FastifyReply, corrected: Corrected): Promise<FastifyReply> {
  return sendFile(reply, { ...(await pdfOf(corrected)), type: 'application/pdf', shown: 'inline' })
}

/** Answers with the credit note as UBL: the same bytes every time. Refuses where its invoice cannot be given so. */
export async function sendUbl(reply: FastifyReply, corrected: Corrected): Promise<FastifyReply> {
  return sendFile(reply, {
    bytes: await renderInvoiceUbl(termsOf(corrected)),
    type: 'application/xml; charset=utf-8',
    name: `${nameOf(corrected.note)}.xml`,
    shown: 'attachment',
  })
}

/** Answers with the credit note as a Factur-X, as it was issued: the same bytes every time. */
export async function sendFacturX(
  reply: FastifyReply,
  { note, invoice, logo }: Corrected,
): Promise<FastifyReply> {
  const terms = termsOf({ note, invoice })
  return sendFile(reply, {
    bytes: await renderFacturX({ ...documentOf(note, invoice), logo, status: 'FINALIZED' }, terms),
    type: 'application/pdf',
    name: `${nameOf(note)}.pdf`,
    shown: 'attachment',
  })
}

/** Answers a signed link with its PDF. */
export async function sendLinkedPdf(deps: Deps, reply: FastifyReply, token: string): Promise<FastifyReply> {
  const target = openPdfLink(deps, 'creditNote', token)
  if (!target) throw new Refusal('document_link_invalid')
  const id = publicId('creditNote', target.id)
  return sendPdf(reply, await findCorrected(reader(deps.db, target), target.environmentId, id))
}

function termsOf({ note, invoice }: Omit<Corrected, 'logo'>): ElectronicInvoice {
  return ublOf(note, ublOfInvoice(invoice), invoice.lines)
}

function nameOf({ number, id }: CreditNoteRow): string {
  return number ?? publicId('creditNote', id)
}
