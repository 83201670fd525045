/** Days of the proleptic Gregorian calendar as whole numbers: day 0 is 1970-01-01. */
export type EpochDay = number

export const dayMs = 86_400_000

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number }

/** The day number of a date. The year is shifted to begin in March, so that the leap day comes last. */
export function toEpochDay({ year, month, day }: CivilDate): EpochDay {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date of a day number. */
export function toCivil(epochDay: EpochDay): CivilDate {
  const days = epochDay + 719_468
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Months later, on the same day or the month's last: 31 Jan + 1 → 28 Feb, 31 Jan + 2 → 31 Mar. */
export function addMonths(epochDay: EpochDay, months: number): EpochDay {
  const { year, month, day } = toCivil(epochDay)
  const total = year * 12 + (month - 1) + months
  const target = { year: Math.floor(total / 12), month: (total % 12) + 1 }
  return toEpochDay({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) })
}

/** Monday of the day's week. */
export function startOfWeek(epochDay: EpochDay): EpochDay {
  const sinceMonday = (((epochDay + 3) % 7) + 7) % 7
  return epochDay - sinceMonday
}
