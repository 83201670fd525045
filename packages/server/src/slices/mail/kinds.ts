import type { EventType } from '../../db/events.ts'
import type { IdKind } from '../../ids.ts'
import type { TenantSettings } from '../tenants/index.ts'

export const mailKinds = [
  'INVOICE',
  'RECEIPT',
  'PAYMENT_FAILED',
  'PHONE_PROMPT',
  'REMINDER',
  'OVERDUE',
  'TRIAL_ENDING',
  'CARD_EXPIRING',
  'CREDIT_NOTE',
] as const
export type MailKind = (typeof mailKinds)[number]
export const mailStatuses = ['PENDING', 'SENT', 'CAUGHT', 'SKIPPED', 'FAILED'] as const

type Emails = NonNullable<TenantSettings['emails']>
type Switch =
  | 'invoice'
  | 'receipt'
  | 'paymentFailed'
  | 'phonePrompt'
  | 'reminder'
  | 'overdue'
  | 'trialEnding'
  | 'cardExpiring'
  | 'creditNote'

/** The setting that turns a kind off, and what its mails tell of. */
const traits: Readonly<Record<MailKind, { readonly setting: Switch; readonly subject: IdKind }>> = {
  INVOICE: { setting: 'invoice', subject: 'invoice' },
  RECEIPT: { setting: 'receipt', subject: 'payment' },
  PAYMENT_FAILED: { setting: 'paymentFailed', subject: 'invoice' },
  PHONE_PROMPT: { setting: 'phonePrompt', subject: 'invoice' },
  REMINDER: { setting: 'reminder', subject: 'invoice' },
  OVERDUE: { setting: 'overdue', subject: 'invoice' },
  TRIAL_ENDING: { setting: 'trialEnding', subject: 'subscription' },
  CARD_EXPIRING: { setting: 'cardExpiring', subject: 'paymentMethod' },
  CREDIT_NOTE: { setting: 'creditNote', subject: 'creditNote' },
}

/** The events that a mail is written on. */
const kindsByEvent: Partial<Record<EventType, MailKind>> = {
  'invoice.finalized': 'INVOICE',
  'payment.succeeded': 'RECEIPT',
  'invoice.payment_failed': 'PAYMENT_FAILED',
  'invoice.overdue': 'OVERDUE',
  'subscription.trial_ending': 'TRIAL_ENDING',
  'credit_note.finalized': 'CREDIT_NOTE',
}
export const toldEvents: readonly string[] = [
  ...Object.keys(kindsByEvent),
  // After it the phone rings again.
  'payment.failed',
  'customer.archived',
]

export function kindOfEvent(type: string): MailKind | undefined {
  return Object.entries(kindsByEvent).find(([event]) => event === type)?.[1]
}

/** What a mail of this kind tells of. */
export function subjectOf(kind: MailKind): IdKind {
  return traits[kind].subject
}

/** Whether a tenant wants mails of this kind to go out: all, unless it turned one off. */
export function isWanted(emails: Emails | null | undefined, kind: MailKind): boolean {
  return emails?.[traits[kind].setting] ?? true
}

/** Whether the mails of an environment are kept for a look instead of being sent. */
export function isCaught(emails: Emails | null | undefined, isTest: boolean): boolean {
  return isTest && emails?.testEnvironments !== 'SEND'
}

const usualReminderDays = 3

/** At nine in the morning, some days before the invoice is due. */
export function remindAt(emails: Emails | null | undefined, dueDay: string, zone: string): Temporal.Instant {
  const days = emails?.reminderDays ?? usualReminderDays
  return Temporal.PlainDate.from(dueDay)
    .subtract({ days })
    .toZonedDateTime({ timeZone: zone, plainTime: '09:00' })
    .toInstant()
}
