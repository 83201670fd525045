import { exponentOf, toMajor } from '@novabilling/core/money'

/** Writes amounts, numbers and days in one locale and currency. Amounts go in as strings: exact beyond 2^53. */
export type Printer = {
  /** With the currency's code: `UGX 180,000`. */
  readonly money: (minor: bigint) => string
  /** The bare number with the currency's decimals: `180,000`. */
  readonly amount: (minor: bigint) => string
  /** A unit price, with as many decimals as it has and no fewer than the currency's. */
  readonly unitAmount: (decimal: string) => string
  readonly quantity: (decimal: string) => string
  /** A rate of percent: `"18"` → `18%`, by the locale's sign and order. */
  readonly percent: (decimal: string) => string
  /** The ten digits, for page numbers. */
  readonly digits: readonly string[]
  readonly day: (day: string) => string
  /** Half-open days as people say them: from 2026-12-01 to 2027-01-01 → 1–31 Dec 2026. */
  readonly days: (from: string, to: string) => string
}

const mostDecimals = 20

// The formats hold native memory that no collection is in a hurry to free: made anew for each document, a thousand
// documents took 200 MB more.
const printers = new Map<string, Printer>()
const mostPrinters = 50

/** The printer of a locale and a currency. Refuses what is no ISO 4217 code with a RangeError. */
export function printerFor(locale: string, currency: string): Printer {
  const key = `${locale} ${currency}`
  const kept = printers.get(key)
  if (kept) return kept
  const made = createPrinter(locale, currency)
  const [oldest] = printers.keys()
  if (printers.size >= mostPrinters && oldest) printers.delete(oldest)
  printers.set(key, made)
  return made
}

function createPrinter(locale: string, currency: string): Printer {
  const decimals = exponentOf(currency)
  // Some locales group from 10,000 on only; in a column 1 800,00 above 15 000,00 reads better.
  const grouped = { useGrouping: 'always' } as const
  const fixed = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, ...grouped }
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    ...fixed,
  })
  const amount = new Intl.NumberFormat(locale, fixed)
  const unitAmount = new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: mostDecimals,
    ...grouped,
  })
  const quantity = new Intl.NumberFormat(locale, { maximumFractionDigits: mostDecimals, ...grouped })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: mostDecimals })
  // A due day is a day of the civil calendar, whatever calendar the locale would show first (ar-SA, fa, th).
  const day = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
    calendar: 'gregory',
  })
  return {
    money: (minor) => money.format(decimalOf(toMajor({ currency, minor }))),
    amount: (minor) => amount.format(decimalOf(toMajor({ currency, minor }))),
    unitAmount: (decimal) => unitAmount.format(decimalOf(decimal)),
    quantity: (decimal) => quantity.format(decimalOf(decimal)),
    percent: (decimal) => percent.format(decimalOf(`${decimal}E-2`)),
    digits: Array.from({ length: 10 }, (_, digit) => digit.toLocaleString(locale)),
    day: (date) => day.format(instantOf(Temporal.PlainDate.from(date))),
    days: (from, to) => {
      const first = Temporal.PlainDate.from(from)
      const end = Temporal.PlainDate.from(to).subtract({ days: 1 })
      const last = Temporal.PlainDate.compare(end, first) < 0 ? first : end
      return day.formatRange(instantOf(first), instantOf(last))
    },
  }
}

function instantOf(day: Temporal.PlainDate): number {
  return day.toZonedDateTime('UTC').epochMilliseconds
}

function decimalOf(text: string): Intl.StringNumericLiteral {
  if (!/^-?\d+(\.\d+)?(E-2)?$/.test(text)) throw new RangeError(`${text} is not a decimal`)
  return text as Intl.StringNumericLiteral // checked by the line above
}
