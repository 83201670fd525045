import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCreditNote } from '../credit-notes/index.ts'
import { findCustomer } from '../customers/index.ts'
import { findInvoice } from '../invoices/index.ts'
import { type MailKind, isCaught } from './kinds.ts'
import { findMail, presentMail } from './mails.ts'
import { type MailRow, mailById } from './mails-sql.ts'
import { writeMails } from './plan.ts'
import type { Mail, SendEmail } from './schema.ts'
import { writerOf } from './write-sql.ts'

/**
 * Has an issued invoice mailed, with its PDF, to its customer or to another address.
 * @throws Refusal invoice_not_found, invoice_not_issued, customer_archived, mail_not_configured
 */
export async function mailInvoice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: SendEmail,
): Promise<Mail> {
  const row = await findInvoice(tx, environmentId, id)
  if (row.number === null || row.status === 'VOID') throw new Refusal('invoice_not_issued')
  return ask(deps, tx, environmentId, 'INVOICE', row, input)
}

/**
 * Has a credit note mailed, with its PDF, to its customer or to another address.
 * @throws Refusal credit_note_not_found, credit_note_voided, customer_archived, mail_not_configured
 */
export async function mailCreditNote(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: SendEmail,
): Promise<Mail> {
  const row = await findCreditNote(tx, environmentId, id)
  if (row.status === 'VOIDED') throw new Refusal('credit_note_voided')
  return ask(deps, tx, environmentId, 'CREDIT_NOTE', row, input)
}

/**
 * Writes a mail anew, as things stand now, to its customer.
 * @throws Refusal mail_not_found, customer_archived, mail_not_configured
 */
export async function sendAgain(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<Mail> {
  const { kind, customer_id, subject_id } = await findMail(tx, environmentId, id)
  return ask(deps, tx, environmentId, kind, { id: subject_id, customer_id }, {})
}

async function ask(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  kind: MailKind,
  { id: subjectId, customer_id: customerId }: { id: string; customer_id: string },
  { email }: SendEmail,
): Promise<Mail> {
  const customer = await findCustomer(tx, environmentId, publicId('customer', customerId))
  if (customer.status === 'ARCHIVED' || customer.email === null) throw new Refusal('customer_archived')
  const [writer] = await tx.query(writerOf(environmentId))
  if (!writer) throw new Error('an environment vanished')
  const { settings, is_test: isTest } = writer
  const hasServer = settings.smtp !== undefined || deps.config.SMTP_URL !== ''
  if (!hasServer && !isCaught(settings.emails, isTest)) throw new Refusal('mail_not_configured')

  const occasion = `asked ${deps.ids.next()}`
  const asked = { recipient: email ?? null }
  const [mailId = ''] = writeMails(deps, tx, [
    {
      environmentId,
      kind,
      occasion,
      customerId,
      subjectId,
      isTest,
      dueAt: tx.now,
      occurredAt: tx.now,
      asked,
    },
  ])
  tx.afterCommit(() => deps.bells.ring('customer-mail'))
  const [row]: MailRow[] = await tx.query(mailById(environmentId, mailId))
  if (!row) throw new Error('a mail vanished')
  return presentMail(row)
}
