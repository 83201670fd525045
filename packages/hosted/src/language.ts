import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Words, words as english } from './words/en.ts'

/** What these pages speak, each in its own name. Another language gets English. */
export const languages = {
  en: 'English',
  fr: 'Français',
  sw: 'Kiswahili',
  ar: 'العربية',
  am: 'አማርኛ',
  pt: 'Português',
} as const
export type Language = keyof typeof languages

const others: Record<Exclude<Language, 'en'>, () => Promise<{ words: Words }>> = {
  fr: () => import('./words/fr.ts'),
  sw: () => import('./words/sw.ts'),
  ar: () => import('./words/ar.ts'),
  am: () => import('./words/am.ts'),
  pt: () => import('./words/pt.ts'),
}

export type Voice = {
  readonly language: Language
  /** With the region, so that digits and dates are those of the place. */
  readonly locale: string
  readonly words: Words
}

export const Speaking = createContext<Voice>({ language: 'en', locale: 'en', words: english })

function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code)
}

const chosenKey = 'language'

/** What the visitor has chosen, else the customer's language, else the browser's. */
export function languageFor(locale: string | null): { language: Language; locale: string } {
  const chosen = stored()
  for (const tag of [
    ...(chosen === null ? [] : [chosen]),
    ...(locale === null ? [] : [locale]),
    ...navigator.languages,
  ]) {
    const code = tag.split('-')[0]?.toLowerCase() ?? ''
    if (isLanguage(code)) return { language: code, locale: inPlace(tag, locale) }
  }
  return { language: 'en', locale: navigator.languages[0] ?? 'en' }
}

/** A language alone is spoken as in the customer's country, so that dates and digits stay as they were. */
export function inPlace(tag: string, customers: string | null): string {
  if (tag.includes('-')) return tag
  const known = [customers ?? '', ...navigator.languages]
  const same = known.find((one) => one.startsWith(`${tag}-`))
  const region = known.map((one) => /-([A-Z]{2})\b/.exec(one)?.[1]).find(Boolean)
  return same ?? (region === undefined ? tag : `${tag}-${region}`)
}

function stored(): string | null {
  try {
    return localStorage.getItem(chosenKey)
  } catch {
    return null
  }
}

export function choose(language: string): void {
  try {
    localStorage.setItem(chosenKey, language)
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** The words of a language; English where they cannot be fetched. */
export async function wordsOf(language: Language): Promise<Words> {
  if (language === 'en') return english
  return others[language]().then(
    ({ words }) => words,
    () => english,
  )
}

/** How to say things on this page. */
export function useVoice() {
  const { words, locale, language } = useContext(Speaking)
  const say = (word: keyof Words, parts: Readonly<Record<string, string | number>> = {}): string =>
    words[word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole))
  return {
    say,
    language,
    money: (amount: number, currency: string): string =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(
        amount,
      ),
    /** A day such as `2026-03-31`, as people write it. */
    day: (value: string): string =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(value)),
    count: (value: number): string => new Intl.NumberFormat(locale).format(value),
    /** A rate in percent. */
    share: (percent: number): string =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }).format(percent / 100),
    /** `each month`, `every 3 months`. */
    price: (amount: string, interval: string, every: number): string => {
      const [unit, times] = units[interval] ?? ['month', 1]
      const number = every * times
      if (number === 1) {
        const name = new Intl.DisplayNames(locale, { type: 'dateTimeField' }).of(unit) ?? unit
        return say('each', { amount, interval: name })
      }
      const span = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(number)
      return say('every', { amount, interval: span })
    },
  }
}

const units: Readonly<Record<string, readonly ['hour' | 'day' | 'week' | 'month' | 'year', number]>> = {
  HOURLY: ['hour', 1],
  DAILY: ['day', 1],
  WEEKLY: ['week', 1],
  MONTHLY: ['month', 1],
  QUARTERLY: ['month', 3],
  YEARLY: ['year', 1],
}
