export {
  type CivilDate,
  type EpochDay,
  addMonths,
  dayMs,
  daysInMonth,
  startOfWeek,
  toCivil,
  toEpochDay,
} from './civil.ts'
export {
  type BillingAnchor,
  type BillingInterval,
  type Period,
  type Schedule,
  nthBoundary,
  nthPeriod,
  periodAt,
} from './period.ts'
export { type EpochMs, offsetMs } from './transitions.ts'
export { addLocalDays, instantOfLocal, isTimeZone, localDay, localDays, startOfDay } from './zone.ts'
