import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Email, Instant, closed, oneOf, orNull } from '../../http/shapes.ts'
import { mailKinds, mailStatuses } from './kinds.ts'

const kind = oneOf(mailKinds)
const status = oneOf(mailStatuses, {
  description:
    'PENDING: will be sent. SENT: a mail server took it. CAUGHT: of a test environment, kept for a look. SKIPPED: there was nothing to tell any more. FAILED: no mail server took it',
})

const mail = {
  id: Type.String(),
  kind,
  status,
  customerId: Type.String(),
  subjectId: Type.String({
    description: 'The invoice, payment, subscription, payment method or credit note that it tells of',
  }),
  to: orNull(Type.String({ description: 'Null until it is written, and once its customer is archived' })),
  subject: orNull(Type.String()),
  attempts: Type.Integer(),
  failure: orNull(Type.String({ description: 'Why the last attempt failed' })),
  dueAt: orNull(Instant),
  nextAttemptAt: orNull(Instant),
  sentAt: orNull(Instant),
  createdAt: Instant,
}

export const Mail = Type.Object(mail, { $id: 'Mail' })
export type Mail = Static<typeof Mail>

export const MailContent = Type.Object(
  {
    ...mail,
    text: orNull(Type.String()),
    html: orNull(Type.String({ description: 'Needs nothing from elsewhere' })),
    url: orNull(
      Type.String({
        description: 'Shows it in a browser, which runs nothing in it, for a quarter of an hour',
      }),
    ),
  },
  { $id: 'MailContent' },
)
export type MailContent = Static<typeof MailContent>

export const ListMails = closed({
  ...pageQuery,
  kind: Type.Optional(kind),
  status: Type.Optional(status),
  customerId: Type.Optional(
    Type.String({ maxLength: 300, description: 'A customer, by our id or `externalId:…`' }),
  ),
})
export type ListMails = Static<typeof ListMails>

export const SendEmail = closed({
  email: Type.Optional(Email),
})
export type SendEmail = Static<typeof SendEmail>
