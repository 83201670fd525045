import type { Deps } from '../../deps.ts'
import { hostedUrl } from '../../http/hosted-links.ts'
import { publicId } from '../../ids.ts'
import { creditNotePdf } from '../credit-notes/index.ts'
import { type InvoiceRow, findInvoice, invoicePdf, presentInvoice } from '../invoices/index.ts'
import { paymentsByIds } from '../payments/index.ts'
import { type Addressed, type ToldInvoice, cardName, customerLetters } from './customer-letters.ts'
import { type MailKind, isWanted } from './kinds.ts'
import type { Letter, Sender } from './letter.ts'
import type { Attachment } from './post.ts'
import { speechIn } from './voice.ts'
import { type WriterRow, cardOf, customerToWrite, trialOf } from './write-sql.ts'

/** A mail to a customer that is to be written. */
export type MailToWrite = {
  readonly environmentId: string
  readonly kind: MailKind
  readonly customerId: string
  readonly subjectId: string
  readonly isAsked: boolean
  readonly recipient: string | null
  /** When it is told: as things stood then, and not what became of them on a clock that has moved on since. */
  readonly at: Temporal.Instant
  /** When what it tells of happened. */
  readonly occurredAt: Temporal.Instant
}

/** A written mail. Its files are made when it is sent: most are looked at without. */
export type Written = {
  readonly recipient: string
  readonly letter: Letter
  /** What is kept of it: without a link that signs its reader in. */
  readonly kept: Letter
  readonly attach: () => Promise<Attachment[]>
}

type Told = { readonly letter: Letter; readonly kept?: Letter; readonly attach?: () => Promise<Attachment[]> }

/** A card is told of a month ahead, and its mail is of use until then. */
const portalDays = 30

/** Who a mail comes from, as it shows: the tenant's name, colour and logo. */
export function senderOf({
  company_name: name,
  settings,
  logo_type: type,
  logo_bytes: bytes,
}: WriterRow): Sender {
  const logo = type && bytes ? { type, bytes } : null
  return { name, color: settings.brandColor ?? null, logo }
}

/** Writes a mail as things stand, or gives undefined when there is nothing to tell any more. */
export async function writeMail(
  deps: Deps,
  writer: WriterRow,
  mail: MailToWrite,
): Promise<Written | undefined> {
  const [customer] = await deps.workerDb.query(customerToWrite(mail.environmentId, mail.customerId))
  const recipient = mail.recipient ?? customer?.email
  if (!customer || customer.status === 'ARCHIVED' || !recipient) return undefined
  const to: Addressed = {
    speech: speechIn(customer.locale, writer.settings.emails?.language),
    company: writer.company_name,
    name: customer.name,
  }
  const told = await tell(deps, writer, mail, to, customer.timezone)
  if (!told) return undefined
  const { letter, kept = letter, attach = async () => [] } = told
  return { recipient, letter, kept, attach }
}

async function tell(
  deps: Deps,
  writer: WriterRow,
  mail: MailToWrite,
  to: Addressed,
  zone: string,
): Promise<Told | undefined> {
  switch (mail.kind) {
    case 'INVOICE':
      return tellInvoice(deps, writer, mail, to)
    case 'PAYMENT_FAILED':
      return tellOpen(deps, mail, (invoice) => customerLetters.paymentFailed(to, invoice))
    case 'PHONE_PROMPT':
      return tellOpen(deps, mail, (invoice) => customerLetters.phonePrompt(to, invoice))
    case 'REMINDER':
      return tellOpen(deps, mail, (invoice) => customerLetters.reminder(to, invoice), zone)
    case 'OVERDUE':
      return tellOpen(deps, mail, (invoice) => customerLetters.overdue(to, invoice))
    case 'RECEIPT':
      return tellReceipt(deps, mail, to, zone)
    case 'TRIAL_ENDING':
      return tellTrial(deps, mail, to)
    case 'CARD_EXPIRING':
      return tellCard(deps, mail, to)
    case 'CREDIT_NOTE':
      return tellCreditNote(deps, mail, to)
  }
}

async function tellInvoice(
  deps: Deps,
  writer: WriterRow,
  mail: MailToWrite,
  to: Addressed,
): Promise<Told | undefined> {
  const row = await invoiceOf(deps, mail, mail.subjectId)
  if (row.number === null || row.status === 'VOID' || row.status === 'UNCOLLECTIBLE') return undefined
  // What was paid at once is told by the receipt, which brings the invoice along.
  const isPaid = row.status === 'PAID' && row.paid_minor > 0n && !isOpenAt(row, mail.at)
  const isTold = isPaid && isWanted(writer.settings.emails, 'RECEIPT')
  if (isTold && !mail.isAsked) return undefined
  return {
    letter: customerLetters.invoice(to, toldOf(deps, row, mail.at)),
    attach: () => attachInvoice(deps, mail.environmentId, row),
  }
}

/** Mails about an invoice that is still to be paid. With a zone: not when its day is over. */
async function tellOpen(
  deps: Deps,
  mail: MailToWrite,
  write: (invoice: ToldInvoice) => Letter,
  zone?: string,
): Promise<Told | undefined> {
  const row = await invoiceOf(deps, mail, mail.subjectId)
  if (!isOpenAt(row, mail.at)) return undefined
  if (zone !== undefined && row.due_date !== null) {
    const today = mail.at.toZonedDateTimeISO(zone).toPlainDate()
    if (Temporal.PlainDate.compare(today, row.due_date) > 0) return undefined
  }
  return { letter: write(toldOf(deps, row, mail.at)) }
}

async function tellReceipt(
  deps: Deps,
  mail: MailToWrite,
  to: Addressed,
  zone: string,
): Promise<Told | undefined> {
  const { environmentId } = mail
  const [payment] = await deps.workerDb.query(paymentsByIds(environmentId, [mail.subjectId]))
  if (!payment || (payment.status !== 'SUCCEEDED' && payment.status !== 'REFUNDED')) return undefined
  const row = await invoiceOf(deps, mail, payment.invoice_id)
  const [card] =
    payment.payment_method_id === null
      ? []
      : await deps.workerDb.query(cardOf(environmentId, payment.payment_method_id))
  return {
    letter: customerLetters.receipt(to, {
      invoice: toldOf(deps, row, mail.at),
      amountMinor: payment.amount_minor,
      day: mail.occurredAt.toZonedDateTimeISO(zone).toPlainDate().toString(),
      method: card?.type === 'CARD' && card.last4 !== null ? cardName(card.brand, card.last4) : null,
    }),
    attach: () => attachInvoice(deps, environmentId, row),
  }
}

async function tellTrial(deps: Deps, mail: MailToWrite, to: Addressed): Promise<Told | undefined> {
  const [row] = await deps.workerDb.query(trialOf(mail.environmentId, mail.subjectId))
  if (!row?.trial_end || isBy(row.canceled_at, mail.at) || isBy(row.trial_end, mail.at)) return undefined
  // Whoever has canceled already is not told that he will be charged.
  if (isBy(row.cancel_at, row.trial_end)) return undefined
  const day = row.trial_end.toZonedDateTimeISO(row.timezone).toPlainDate().toString()
  return { letter: customerLetters.trialEnding(to, { plan: row.plan, day }) }
}

async function tellCard(deps: Deps, mail: MailToWrite, to: Addressed): Promise<Told | undefined> {
  const [card] = await deps.workerDb.query(cardOf(mail.environmentId, mail.subjectId))
  if (!card || isBy(card.archived_at, mail.at)) return undefined
  const { brand, last4, exp_year: year, exp_month: month } = card
  if (last4 === null || year === null || month === null) return undefined
  const url = hostedUrl(deps, 'portal', {
    environmentId: mail.environmentId,
    id: mail.customerId,
    expiresAt: deps.clock.now().add({ hours: 24 * portalDays }),
  })
  const letter = customerLetters.cardExpiring(to, { last4, brand, year, month, url })
  return { letter, kept: { ...letter, button: null } }
}

async function tellCreditNote(deps: Deps, mail: MailToWrite, to: Addressed): Promise<Told | undefined> {
  const { environmentId, subjectId } = mail
  const id = publicId('creditNote', subjectId)
  const { note, invoice, file } = await creditNotePdf(deps.workerDb, environmentId, id)
  if (note.number === null || note.status === 'VOIDED') return undefined
  return {
    letter: customerLetters.creditNote(to, {
      number: note.number,
      invoice: invoice.number ?? '',
      currency: note.currency,
      totalMinor: note.total_minor,
    }),
    attach: async () => [pdf(await file())],
  }
}

async function invoiceOf(deps: Deps, { environmentId }: MailToWrite, id: string): Promise<InvoiceRow> {
  return findInvoice(deps.workerDb, environmentId, publicId('invoice', id))
}

async function attachInvoice(deps: Deps, environmentId: string, row: InvoiceRow): Promise<Attachment[]> {
  return [pdf(await invoicePdf(deps, { reader: deps.workerDb, environmentId, row }))]
}

function pdf({ name, bytes }: { name: string; bytes: Uint8Array }): Attachment {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { filename: name, contentType: 'application/pdf', content }
}

/** An invoice as it stood: what was paid or voided after an instant was open at it. */
function toldOf(deps: Deps, row: InvoiceRow, at: Temporal.Instant): ToldInvoice {
  const isOpen = row.status === 'PENDING' || row.status === 'FAILED'
  const leftMinor = row.total_minor - row.paid_minor - row.credited_minor
  const wasOpen = !isOpen && isOpenAt(row, at)
  return {
    number: row.number ?? '',
    currency: row.currency,
    totalMinor: row.total_minor,
    dueMinor: isOpen ? leftMinor : wasOpen ? row.total_minor - row.credited_minor : 0n,
    dueDay: row.due_date,
    url: presentInvoice(deps, row).hostedUrl,
  }
}

function isOpenAt(row: InvoiceRow, at: Temporal.Instant): boolean {
  if (row.status === 'PENDING' || row.status === 'FAILED') return true
  const over = row.status === 'PAID' ? row.paid_at : row.status === 'VOID' ? row.voided_at : null
  return over !== null && Date.parse(over) > at.epochMilliseconds
}

function isBy(instant: Temporal.Instant | null, by: Temporal.Instant): boolean {
  return instant !== null && Temporal.Instant.compare(instant, by) <= 0
}
