import { type EpochMs, localDay, toCivil } from '../calendar/index.ts'

/** The day an invoice is due: so many days after the local day of issue, as `YYYY-MM-DD`. */
export function dueDate(zone: string, issuedAt: EpochMs, netPaymentTermsDays: number): string {
  return formatDay(localDay(zone, issuedAt) + netPaymentTermsDays)
}

/** A day number as `YYYY-MM-DD`. */
export function formatDay(epochDay: number): string {
  const { year, month, day } = toCivil(epochDay)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
