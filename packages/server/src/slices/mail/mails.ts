import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { subjectOf } from './kinds.ts'
import { asText } from './letter.ts'
import { type MailRow, mailById, mailColumns, mailSelect } from './mails-sql.ts'
import { asHtml, forBrowser } from './render.ts'
import type { ListMails, Mail, MailContent } from './schema.ts'
import { senderOf } from './write.ts'
import { writerOf } from './write-sql.ts'

export function presentMail(row: MailRow): Mail {
  return {
    id: publicId('mail', row.id),
    kind: row.kind,
    status: row.status,
    customerId: publicId('customer', row.customer_id),
    subjectId: publicId(subjectOf(row.kind), row.subject_id),
    to: row.recipient,
    subject: row.letter?.subject ?? null,
    attempts: row.attempt,
    failure: row.failure,
    dueAt: isoInstantOrNull(row.due_at),
    nextAttemptAt: isoInstantOrNull(row.due_at && row.again_at),
    sentAt: isoInstantOrNull(row.sent_at),
    createdAt: isoInstant(row.created_at),
  }
}

/** A page of mails, newest first. */
export async function listMails(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListMails,
): Promise<Page<Mail>> {
  const { kind, status, customerId } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (kind !== undefined) where.push(fragment`kind = ${kind}`)
  if (status !== undefined) where.push(fragment`status = ${status}`)
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'mail.list',
    from: 'customer_mails',
    select: mailSelect,
    columns: mailColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentMail,
  })
}

/** @throws Refusal mail_not_found */
export async function findMail(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<MailRow> {
  const uuid = parseId('mail', id)
  const [row] = uuid === undefined ? [] : await reader.query(mailById(environmentId, uuid))
  if (!row) throw new Refusal('mail_not_found')
  return row
}

/** A mail with what it says: null until it is written, and once its customer is archived. */
export async function readMail(reader: Reader, environmentId: string, id: string): Promise<MailContent> {
  const row = await findMail(reader, environmentId, id)
  const mail = presentMail(row)
  const { letter } = row
  if (!letter) return { ...mail, text: null, html: null }
  const [writer] = await reader.query(writerOf(environmentId))
  if (!writer) throw new Error('an environment vanished')
  const { html, picture } = await asHtml(letter, senderOf(writer))
  return { ...mail, text: asText(letter), html: forBrowser(html, picture) }
}
