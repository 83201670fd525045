import { type Brand, brandOf } from './brand.ts'
import type {
  CreditReason,
  InvoiceDocument,
  InvoiceDocumentLine,
  InvoiceDocumentStatus,
  InvoiceParty,
} from './invoice-document.ts'
import { type Labels, voiceOf } from './labels.ts'
import { type Coverage, type PlainText, plainLines, plainText } from './plain-text.ts'
import { type Printer, printerFor } from './printed-values.ts'

type Row = { readonly label: PlainText; readonly value: PlainText }
type PrintedParty = {
  readonly heading: string
  readonly name: PlainText
  readonly lines: readonly PlainText[]
}
type Tone = 'paid' | 'muted'

/** An invoice as the template takes it: every word written out, so that the template decides looks and nothing else. */
export type PrintedInvoice = {
  readonly language: string
  readonly region: string | null
  readonly rightToLeft: boolean
  readonly paper: 'a4' | 'us-letter'
  readonly brand: Brand
  readonly fonts: readonly string[]
  /** Midnight of the document's day, for the PDF's own date. */
  readonly date: { readonly year: number; readonly month: number; readonly day: number }
  readonly title: string
  readonly author: string
  readonly heading: string
  readonly stamp: { readonly text: string; readonly tone: Tone } | null
  readonly watermark: string | null
  readonly facts: readonly Row[]
  readonly from: PrintedParty
  readonly billTo: PrintedParty
  readonly headline: PlainText
  readonly payment: { readonly label: string; readonly url: string } | null
  readonly columns: {
    readonly description: string
    /** `null` where no line has one. */
    readonly quantity: string | null
    readonly unitPrice: string | null
    readonly amount: string
  }
  readonly lines: readonly {
    readonly description: readonly PlainText[]
    readonly days: string | null
    readonly quantity: string
    readonly unitPrice: string
    readonly amount: string
  }[]
  readonly sums: readonly {
    readonly label: PlainText
    readonly amount: string
    readonly weight: 'plain' | 'total' | 'due'
  }[]
  readonly fiscal: readonly Row[]
  readonly notes: { readonly heading: string; readonly lines: readonly PlainText[] } | null
  readonly footer: readonly PlainText[]
  readonly running: PlainText
  readonly page: string
  readonly digits: readonly string[]
}

/** Writes a document out in its locale. Characters outside `coverage` become U+FFFD, see `plainText`. */
export function printInvoice(
  document: InvoiceDocument,
  fonts: { readonly families: readonly string[]; readonly coverage: Coverage },
): PrintedInvoice {
  const { labels, language, locale, rightToLeft } = voiceOf(document.locale)
  const print = printerFor(locale, document.currency)
  const plain = (text: string): PlainText => plainText(text, fonts.coverage)
  const lines = (text: string | null | undefined): PlainText[] => plainLines(text ?? '', fonts.coverage)
  const ours = (text: string): PlainText => ({ text, rightToLeft })
  const row = (label: string, value: PlainText): Row => ({ label: ours(label), value })
  const dated = (label: string, day: string | null): Row[] => (day ? [row(label, ours(print.day(day)))] : [])
  const heading = document.kind === 'INVOICE' ? labels.invoice : labels.creditNote
  const number = document.number ? plain(document.number) : null
  const author = plain(document.from.name).text
  const notes = lines(document.notes)

  return {
    language,
    region: new Intl.Locale(locale).region ?? null,
    rightToLeft,
    paper: document.paper ?? 'a4',
    brand: brandOf(document.brandColor),
    fonts: fonts.families,
    date: dateOf(document),
    title: number ? `${heading} ${number.text}` : heading,
    author,
    heading,
    ...standingOf(document.status, labels),
    facts: [
      ...(number ? [row(labels.number, number)] : []),
      ...(document.correctsNumber ? [row(labels.corrects, plain(document.correctsNumber))] : []),
      ...reasonOf(document.reason),
      ...dated(labels.issued, document.issuedOn),
      ...(document.kind === 'INVOICE' ? dated(labels.due, document.dueOn) : []),
      ...dated(labels.paidOn, document.paidOn),
    ],
    from: printParty(labels.from, document.from),
    billTo: printParty(labels.billTo, document.billTo),
    headline: ours(headlineOf(document, labels, print)),
    payment: paymentOf(document, labels),
    columns: {
      description: labels.description,
      quantity: document.lines.some(({ quantity }) => quantity !== null) ? labels.quantity : null,
      unitPrice: document.lines.some(({ unitAmount }) => unitAmount !== null) ? labels.unitPrice : null,
      amount: `${labels.amount} (${document.currency})`,
    },
    lines: document.lines.map((line) => ({
      description: lines(line.description),
      days: daysOf(line, print),
      quantity: line.quantity === null ? '' : print.quantity(line.quantity),
      unitPrice: line.unitAmount === null ? '' : print.unitAmount(line.unitAmount),
      amount: print.amount(line.amountMinor),
    })),
    sums: sumsOf(),
    fiscal: (document.fiscal ?? []).map(({ label, value }) => ({ label: plain(label), value: plain(value) })),
    notes: notes.length > 0 ? { heading: labels.notes, lines: notes } : null,
    footer: lines(document.footer),
    running: number ?? plain(document.from.name),
    page: labels.page,
    digits: print.digits,
  }

  // A text that reads the other way is isolated, or it would pull the words around it over (UAX #9 §2.5).
  function within(part: PlainText): string {
    return part.rightToLeft === rightToLeft ? part.text : `\u2068${part.text}\u2069`
  }

  function reasonOf(reason: CreditReason | null | undefined): Row[] {
    const words = {
      DUPLICATE: labels.duplicate,
      PRODUCT_UNSATISFACTORY: labels.unsatisfactory,
      ORDER_CHANGE: labels.orderChange,
    }
    return !reason || reason === 'OTHER' ? [] : [row(labels.reason, ours(words[reason]))]
  }

  function printParty(title: string, party: InvoiceParty): PrintedParty {
    const address = party.address.flatMap((line) => lines(line)).filter(({ text }) => text !== '')
    const taxId = party.taxId ? [ours(`${labels.taxId}: ${within(plain(party.taxId))}`)] : []
    const email = party.email ? [plain(party.email)] : []
    return { heading: title, name: plain(party.name), lines: [...address, ...taxId, ...email] }
  }

  function sumsOf(): PrintedInvoice['sums'] {
    const sums: { label: PlainText; amount: string; weight: 'plain' | 'total' | 'due' }[] = []
    const add = (label: string, minor: bigint): void => {
      sums.push({ label: ours(label), amount: print.amount(minor), weight: 'plain' })
    }
    add(labels.subtotal, document.subtotalMinor)
    if (document.discountMinor !== 0n) add(labels.discount, -document.discountMinor)
    for (const tax of document.taxes) {
      const name = `${within(plain(tax.name))} ${print.percent(tax.rate)}`
      add(fill(labels.taxOnBase, { tax: name, base: print.amount(tax.baseMinor) }), tax.amountMinor)
    }
    sums.push({ label: ours(labels.total), amount: print.money(document.totalMinor), weight: 'total' })
    if (document.kind === 'CREDIT_NOTE') {
      const { settledMinor = 0n, refundMinor = 0n, balanceMinor = 0n } = document.settlement ?? {}
      if (settledMinor !== 0n) add(labels.settled, settledMinor)
      if (refundMinor !== 0n) add(labels.refunded, refundMinor)
      if (balanceMinor !== 0n) add(labels.toBalance, balanceMinor)
      return sums
    }
    if (document.paidMinor !== 0n) add(labels.amountPaid, -document.paidMinor)
    if (document.creditedMinor !== 0n) add(labels.amountCredited, -document.creditedMinor)
    sums.push({ label: ours(labels.amountDue), amount: print.money(document.dueMinor), weight: 'due' })
    return sums
  }
}

const standings: Readonly<
  Record<
    InvoiceDocumentStatus,
    { word: 'draft' | 'void' | 'paid' | 'uncollectible'; tone: Tone; isMarked: boolean } | null
  >
> = {
  DRAFT: { word: 'draft', tone: 'muted', isMarked: true },
  PENDING: null,
  FAILED: null,
  FINALIZED: null,
  PAID: { word: 'paid', tone: 'paid', isMarked: false },
  VOID: { word: 'void', tone: 'muted', isMarked: true },
  VOIDED: { word: 'void', tone: 'muted', isMarked: true },
  UNCOLLECTIBLE: { word: 'uncollectible', tone: 'muted', isMarked: false },
}

function standingOf(
  status: InvoiceDocumentStatus,
  labels: Labels,
): Pick<PrintedInvoice, 'stamp' | 'watermark'> {
  const standing = standings[status]
  if (!standing) return { stamp: null, watermark: null }
  const text = labels[standing.word]
  return { stamp: { text, tone: standing.tone }, watermark: standing.isMarked ? text : null }
}

function headlineOf(document: InvoiceDocument, labels: Labels, print: Printer): string {
  if (document.status === 'VOID' || document.status === 'VOIDED' || document.status === 'UNCOLLECTIBLE')
    return print.money(document.totalMinor)
  if (document.kind === 'CREDIT_NOTE')
    return fill(labels.creditHeadline, { amount: print.money(document.totalMinor) })
  if (document.status === 'PAID' && document.paidOn)
    return fill(labels.paidHeadline, {
      amount: print.money(document.totalMinor),
      date: print.day(document.paidOn),
    })
  if (document.status === 'PAID') return print.money(document.totalMinor)
  const amount = print.money(document.dueMinor)
  if (!document.dueOn) return fill(labels.dueHeadlineUndated, { amount })
  return fill(labels.dueHeadline, { amount, date: print.day(document.dueOn) })
}

function paymentOf(document: InvoiceDocument, labels: Labels): PrintedInvoice['payment'] {
  const isOpen = document.status === 'PENDING' || document.status === 'FAILED'
  if (document.kind !== 'INVOICE' || !isOpen || document.dueMinor <= 0n || !document.paymentUrl) return null
  const url = URL.parse(document.paymentUrl)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return { label: labels.payOnline, url: url.href }
}

function daysOf(line: InvoiceDocumentLine, print: Printer): string | null {
  return line.from && line.to ? print.days(line.from, line.to) : null
}

// A PDF/A needs a date; a draft has none of its own yet, and a clock would make its bytes change.
function dateOf(document: InvoiceDocument): PrintedInvoice['date'] {
  const date = Temporal.PlainDate.from(document.issuedOn ?? document.dueOn ?? '2000-01-01')
  return { year: date.year, month: date.month, day: date.day }
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/gu, (whole, word: string) => words[word] ?? whole)
}
