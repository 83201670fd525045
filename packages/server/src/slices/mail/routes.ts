import { Type } from 'typebox'
import { pageOf } from '../../http/pages.ts'
import { dataRoute, publicRoute } from '../../http/route.ts'
import { PathId, closed, named } from '../../http/shapes.ts'
import { mailCreditNote, mailInvoice, sendAgain } from './ask.ts'
import { listMails, readMail, sendLinkedMail } from './mails.ts'
import { ListMails, type Mail, type MailContent, SendEmail } from './schema.ts'
import { smtpRoutes } from './smtp-test.ts'

const mail = named<Mail>('Mail')

export const routes = [
  ...smtpRoutes,
  dataRoute({
    method: 'GET',
    url: '/mails',
    operation: 'mails.list',
    summary: 'List mails to customers',
    description: 'Newest first, for thirty days after they are over.',
    scope: 'invoices:read',
    query: ListMails,
    status: 200,
    response: pageOf(mail),
    read: (reader, { deps, principal, query }) => listMails(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/mails/:id',
    operation: 'mails.get',
    summary: 'Get a mail with what it says',
    scope: 'invoices:read',
    secret: true,
    params: PathId,
    status: 200,
    response: named<MailContent>('MailContent'),
    read: (reader, { deps, principal, params }) => readMail(deps, reader, principal, params.id),
  }),
  publicRoute({
    method: 'GET',
    url: '/documents/mails/:token',
    operation: 'mails.htmlByLink',
    internal: true,
    summary: 'Open the mail behind a signed link',
    params: closed({ token: Type.String({ maxLength: 300 }) }),
    status: 200,
    produces: 'text/html',
    handle: ({ deps, params, reply }) => sendLinkedMail(deps, reply, params.token),
  }),
  dataRoute({
    method: 'POST',
    url: '/mails/:id/resend',
    operation: 'mails.resend',
    summary: 'Send a mail again',
    description: 'A new mail of the same kind about the same thing, written as things stand now.',
    scope: 'invoices:write',
    params: PathId,
    status: 201,
    response: mail,
    write: (tx, { deps, principal, params }) => sendAgain(deps, tx, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/invoices/:id/send-email',
    operation: 'invoices.sendEmail',
    summary: 'Mail an invoice',
    description: 'With its PDF, to its customer, or to `email`. The answer is the mail on its way.',
    scope: 'invoices:write',
    params: PathId,
    body: SendEmail,
    status: 200,
    response: mail,
    write: (tx, { deps, principal, params, body }) =>
      mailInvoice(deps, tx, principal.environmentId, params.id, body),
  }),
  dataRoute({
    method: 'POST',
    url: '/credit-notes/:id/send-email',
    operation: 'creditNotes.sendEmail',
    summary: 'Mail a credit note',
    description: 'With its PDF, to its customer, or to `email`. The answer is the mail on its way.',
    scope: 'invoices:write',
    params: PathId,
    body: SendEmail,
    status: 200,
    response: mail,
    write: (tx, { deps, principal, params, body }) =>
      mailCreditNote(deps, tx, principal.environmentId, params.id, body),
  }),
]
