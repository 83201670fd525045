import type { FastifyReply } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type Reader, reader } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { openPdfLink, pdfLink } from '../invoices/index.ts'
import { subjectOf } from './kinds.ts'
import { type Letter, asText } from './letter.ts'
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
export async function readMail(
  deps: Deps,
  reader: Reader,
  { tenantId, environmentId }: { tenantId: string; environmentId: string },
  id: string,
): Promise<MailContent> {
  const row = await findMail(reader, environmentId, id)
  const mail = presentMail(row)
  const { letter } = row
  if (!letter) return { ...mail, text: null, html: null, url: null }
  const html = await pageOf(reader, environmentId, letter)
  const { url } = pdfLink(deps, 'mail', { tenantId, environmentId, id: row.id })
  return { ...mail, text: asText(letter), html, url }
}

/** Answers a signed link with its mail. Whatever stands in it, the browser runs nothing and loads nothing. */
export async function sendLinkedMail(deps: Deps, reply: FastifyReply, token: string): Promise<FastifyReply> {
  const target = openPdfLink(deps, 'mail', token)
  if (!target) throw new Refusal('document_link_invalid')
  const own = reader(deps.db, target)
  const { letter } = await findMail(own, target.environmentId, publicId('mail', target.id))
  if (!letter) throw new Refusal('mail_not_found')
  const html = await pageOf(own, target.environmentId, letter)
  return reply
    .headers({
      'content-security-policy': `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:`,
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send(html.replace('<head>', '<head><base target="_blank">'))
}

async function pageOf(reader: Reader, environmentId: string, letter: Letter): Promise<string> {
  const [writer] = await reader.query(writerOf(environmentId))
  if (!writer) throw new Error('an environment vanished')
  const { html, picture } = await asHtml(letter, senderOf(writer))
  return forBrowser(html, picture)
}
