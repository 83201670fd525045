const language = navigator.languages[0] ?? 'en'
const moneyFormats = new Map<string, Intl.NumberFormat>()

/** An amount in major units with all the decimals of its currency. */
export function money(amount: number, currency: string): string {
  let format = moneyFormats.get(currency)
  if (!format) {
    format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
    moneyFormats.set(currency, format)
  }
  return format.format(amount)
}

/** An amount for the axis of a chart. */
export function shortMoney(amount: number, currency: string): string {
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(amount)
}

export function count(value: number): string {
  return value.toLocaleString(language)
}

/** A number with every decimal that it has, as credits and percentages may have many. */
export function exactly(value: number): string {
  return value.toLocaleString(language, { maximumFractionDigits: 20 })
}

/** "1 customer", "2,000 customers". */
export function countOf(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`
}

/** The day of an instant in a time zone; a day (`2026-03-31`) as it is. */
export function day(value: string, timezone: string): string {
  const isDay = value.length === 10
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeZone: isDay ? 'UTC' : timezone,
  }).format(new Date(value))
}

export function instant(value: string, timezone: string): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: timezone,
  }).format(new Date(value))
}

/** `PAST_DUE` as people write it. */
export function words(code: string): string {
  const text = code.replaceAll('_', ' ').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "every 3 months" of a plan. */
export function interval(unit: string, every: number): string {
  const names: Record<string, string> = {
    HOURLY: 'hour',
    DAILY: 'day',
    WEEKLY: 'week',
    MONTHLY: 'month',
    QUARTERLY: 'quarter',
    YEARLY: 'year',
  }
  const name = names[unit] ?? unit.toLowerCase()
  return every === 1 ? `every ${name}` : `every ${every} ${name}s`
}

/** A share in percent; a dash where there is nothing to have a share of. */
export function percentOf(share: number | null): string {
  return share === null
    ? '–'
    : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share / 100)
}
