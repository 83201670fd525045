import type { Letter } from './letter.ts'
import { type Speech, letterIn } from './voice.ts'

/** What all letters to a customer need. */
export type Addressed = {
  readonly speech: Speech
  readonly company: string
  readonly name: string | null
}

/** An invoice as a letter tells of it. */
export type ToldInvoice = {
  readonly number: string
  readonly currency: string
  readonly totalMinor: bigint
  readonly dueMinor: bigint
  readonly dueDay: string | null
  readonly url: string | null
}

type Fact = Letter['facts'][number]

/** The letters to a tenant's customers, by what they are about. */
export const customerLetters = {
  invoice(to: Addressed, invoice: ToldInvoice): Letter {
    const { speech, company } = to
    const { invoice: words, attached, viewAndPay, viewInvoice } = speech.words
    const { number, dueMinor } = invoice
    const money = moneyIn(to, invoice)
    const isDue = dueMinor > 0n
    return letter(to, {
      subject: speech.title(words.subject, { number, company }),
      paragraphs: [
        speech.say(words.opening, { number, company, total: money(invoice.totalMinor) }),
        ...(isDue && invoice.dueDay !== null
          ? [speech.say(words.due, { amount: money(dueMinor), date: speech.day(invoice.dueDay) })]
          : []),
        ...(isDue ? [] : [words.nothingDue]),
        attached,
      ],
      facts: factsOf(to, invoice),
      button: button(isDue ? viewAndPay : viewInvoice, invoice.url),
    })
  },

  receipt(
    to: Addressed,
    {
      invoice,
      amountMinor,
      day,
      method,
    }: { invoice: ToldInvoice; amountMinor: bigint; day: string; method: string | null },
  ): Letter {
    const { speech, company } = to
    const { receipt: words, attached, viewInvoice, viewAndPay, card } = speech.words
    const { labels } = speech.voice
    const money = moneyIn(to, invoice)
    const { number, dueMinor } = invoice
    const isDue = dueMinor > 0n
    return letter(to, {
      subject: speech.title(words.subject, { company }),
      paragraphs: [
        speech.say(words.opening, { amount: money(amountMinor), number }),
        ...(isDue ? [speech.say(words.rest, { amount: money(dueMinor) })] : []),
        attached,
      ],
      facts: [
        { label: labels.invoice, value: number },
        { label: labels.amountPaid, value: money(amountMinor) },
        { label: labels.paidOn, value: speech.day(day) },
        ...(method === null ? [] : [{ label: card, value: method }]),
      ],
      button: button(isDue ? viewAndPay : viewInvoice, invoice.url),
    })
  },

  paymentFailed(to: Addressed, invoice: ToldInvoice): Letter {
    const { speech, company } = to
    const { paymentFailed: words, payNow } = speech.words
    const amount = moneyIn(to, invoice)(invoice.dueMinor)
    return letter(to, {
      subject: speech.title(words.subject, { company }),
      paragraphs: [
        speech.say(words.opening, { amount, number: invoice.number }),
        ...(invoice.url === null ? [] : [words.ask]),
      ],
      facts: factsOf(to, invoice),
      button: button(payNow, invoice.url),
    })
  },

  phonePrompt(to: Addressed, invoice: ToldInvoice): Letter {
    const { speech, company } = to
    const { phonePrompt: words, payNow } = speech.words
    const amount = moneyIn(to, invoice)(invoice.dueMinor)
    return letter(to, {
      subject: speech.title(words.subject, { amount }),
      paragraphs: [speech.say(words.opening, { amount, number: invoice.number, company }), words.ask],
      facts: factsOf(to, invoice),
      button: button(payNow, invoice.url),
    })
  },

  reminder(to: Addressed, invoice: ToldInvoice): Letter {
    const { speech, company } = to
    const { reminder: words, nothingToDo, viewAndPay } = speech.words
    const values = whenDue(to, invoice)
    return letter(to, {
      subject: speech.title(words.subject, values),
      paragraphs: [speech.say(words.opening, { ...values, company }), nothingToDo],
      facts: factsOf(to, invoice),
      button: button(viewAndPay, invoice.url),
    })
  },

  overdue(to: Addressed, invoice: ToldInvoice): Letter {
    const { speech, company } = to
    const { overdue: words, nothingToDo, payNow } = speech.words
    const values = whenDue(to, invoice)
    return letter(to, {
      subject: speech.title(words.subject, values),
      paragraphs: [speech.say(words.opening, { ...values, company }), `${words.ask} ${nothingToDo}`],
      facts: factsOf(to, invoice),
      button: button(payNow, invoice.url),
    })
  },

  trialEnding(to: Addressed, { plan, day }: { plan: string; day: string }): Letter {
    const { speech, company } = to
    const { trialEnding: words, plan: planLabel, trialEnds } = speech.words
    const date = speech.day(day)
    return letter(to, {
      subject: speech.title(words.subject, { plan, date }),
      paragraphs: [speech.say(words.opening, { plan, company, date }), words.begins],
      facts: [
        { label: planLabel, value: plan },
        { label: trialEnds, value: date },
      ],
      button: null,
    })
  },

  cardExpiring(
    to: Addressed,
    {
      last4,
      brand,
      year,
      month,
      url,
    }: { last4: string; brand: string | null; year: number; month: number; url: string | null },
  ): Letter {
    const { speech, company } = to
    const { cardExpiring: words, card, expires } = speech.words
    const named = speech.month(year, month)
    return letter(to, {
      subject: words.subject,
      paragraphs: [speech.say(words.opening, { last4, company, month: named }), words.ask],
      facts: [
        { label: card, value: cardName(brand, last4) },
        { label: expires, value: named },
      ],
      button: button(words.button, url),
    })
  },

  creditNote(
    to: Addressed,
    note: { number: string; invoice: string; currency: string; totalMinor: bigint },
  ): Letter {
    const { speech, company } = to
    const { creditNote: words, attached } = speech.words
    const { labels } = speech.voice
    const amount = moneyIn(to, note)(note.totalMinor)
    return letter(to, {
      subject: speech.title(words.subject, { number: note.number, company }),
      paragraphs: [speech.say(words.opening, { amount, invoice: note.invoice }), attached],
      facts: [
        { label: labels.creditNote, value: note.number },
        { label: labels.invoice, value: note.invoice },
        { label: labels.amount, value: amount },
      ],
      button: null,
    })
  },
}

/** `visa`, `4242` → `Visa •••• 4242`. */
export function cardName(brand: string | null, last4: string): string {
  const name = brand === null || brand === '' ? '' : `${brand.charAt(0).toUpperCase()}${brand.slice(1)} `
  return `${name}•••• ${last4}`
}

function letter(
  { speech, name, company }: Addressed,
  parts: Pick<Letter, 'subject' | 'paragraphs' | 'facts' | 'button'>,
): Letter {
  return letterIn(speech, { ...parts, name, footer: [speech.say(speech.words.forCustomers, { company })] })
}

function moneyIn({ speech }: Addressed, { currency }: { currency: string }): (minor: bigint) => string {
  return (minor) => speech.money(currency, minor)
}

function whenDue(to: Addressed, { number, dueMinor, dueDay, currency }: ToldInvoice): Record<string, string> {
  const date = dueDay === null ? '' : to.speech.day(dueDay)
  return { number, amount: to.speech.money(currency, dueMinor), date }
}

function factsOf(to: Addressed, invoice: ToldInvoice): Fact[] {
  const { labels } = to.speech.voice
  const money = moneyIn(to, invoice)
  const { number, dueDay, totalMinor, dueMinor } = invoice
  return [
    { label: labels.invoice, value: number },
    ...(totalMinor === dueMinor ? [] : [{ label: labels.total, value: money(totalMinor) }]),
    { label: labels.amountDue, value: money(dueMinor) },
    ...(dueDay === null || dueMinor === 0n ? [] : [{ label: labels.due, value: to.speech.day(dueDay) }]),
  ]
}

function button(label: string, url: string | null): Letter['button'] {
  return url === null ? null : { label, url }
}
