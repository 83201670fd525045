import { type Voice, printerFor, voiceOf } from '../../documents/index.ts'
import type { Letter } from './letter.ts'
import { type MailWords, fill, wordsOf } from './words/index.ts'

/** Keeps a name or a number from turning the text around it: first strong isolate, pop (UAX #9). */
const isolates = ['\u2068', '\u2069'] as const

/** How a mail speaks: its words, and how days and amounts are written. */
export type Speech = {
  readonly voice: Voice
  readonly words: MailWords
  /** Fills a sentence's holes, each value kept apart from the direction of the text around it. */
  readonly say: (sentence: string, values?: Readonly<Record<string, string>>) => string
  /** The same for a subject, which no program draws with marks in it. */
  readonly title: (sentence: string, values?: Readonly<Record<string, string>>) => string
  readonly day: (day: string) => string
  readonly month: (year: number, month: number) => string
  readonly instant: (instant: Temporal.Instant) => string
  readonly money: (currency: string, minor: bigint) => string
}

/** The first of these languages that is set and has words of ours; English when none has. */
export function speechIn(...locales: readonly (string | null | undefined)[]): Speech {
  const voice = voiceOf(locales.find((locale) => locale) ?? 'en')
  const { locale } = voice
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, calendar: 'gregory', timeZone: 'UTC' })
  const at = (day: string): number => Temporal.PlainDate.from(day).toZonedDateTime('UTC').epochMilliseconds
  return {
    voice,
    words: wordsOf(voice.language),
    say: (sentence, values = {}) => fill(sentence, values, voice.rightToLeft ? isolates : undefined),
    title: (sentence, values = {}) => fill(sentence, values),
    day: (day) => format({ dateStyle: 'long' }).format(at(day)),
    month: (year, month) =>
      format({ year: 'numeric', month: 'long' }).format(at(`${year}-${String(month).padStart(2, '0')}-01`)),
    instant: ({ epochMilliseconds }) =>
      format({
        year: 'numeric',
        month: 'long',
        day: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
      }).format(epochMilliseconds),
    money: (currency, minor) => printerFor(locale, currency).money(minor),
  }
}

/** The parts of a letter that are the same in all of a language. */
export function letterIn(
  { voice, words, say }: Speech,
  letter: Pick<Letter, 'subject' | 'paragraphs' | 'footer'> &
    Partial<Pick<Letter, 'facts' | 'button'>> & { readonly name: string | null },
): Letter {
  const { name, subject, paragraphs, footer, facts = [], button = null } = letter
  return {
    language: voice.language,
    isRightToLeft: voice.rightToLeft,
    subject,
    greeting: name === null || name === '' ? words.helloUnnamed : say(words.hello, { name }),
    paragraphs,
    facts,
    button,
    fallback: words.fallback,
    footer,
  }
}
