/**
 * What a subscription owes, told day by day: an independent account of the same promises, of another shape than the
 * program. It knows calendar days, a price for each, and nothing of invoices, credits or rounding.
 */

export type ModelPlan = {
  readonly minor: number
  readonly interval: 'WEEKLY' | 'MONTHLY' | 'QUARTERLY' | 'YEARLY'
  /** When it is invoiced, of which what it costs does not depend. */
  readonly timing?: 'IN_ARREARS'
  /** How many intervals a period is. */
  readonly count?: number
}

/** How a life begins: with days that cost nothing, or with a day on which it ends by itself. */
export type ModelTerms = { readonly trialDays?: number; readonly until?: Temporal.PlainDate | undefined }

type Day = Temporal.PlainDate

const monthsOf = { MONTHLY: 1, QUARTERLY: 3, YEARLY: 12 } as const

export class LifeModel {
  /** What is owed for each day, as a share of a price. */
  readonly #days = new Map<string, number>()
  readonly #isCalendar: boolean
  #plan: ModelPlan
  #quantity: number
  #anchor: Day
  #index = 0
  #period: { whole: Day; end: Day }
  readonly #until: Day | undefined
  /** The instant at which a trial is over, as the clock on the wall says it. */
  #trialEnd: Temporal.PlainDateTime | undefined
  #pending: { plan: ModelPlan; quantity: number } | undefined
  #isPaused = false
  #isCredited = false
  #endsWithPeriod = false
  #isOver = false

  constructor(
    start: Temporal.PlainDateTime,
    plan: ModelPlan,
    quantity: number,
    anchor: 'ANNIVERSARY' | 'CALENDAR',
    { trialDays = 0, until }: ModelTerms = {},
  ) {
    this.#plan = plan
    this.#quantity = quantity
    this.#isCalendar = anchor === 'CALENDAR'
    this.#until = until
    this.#anchor = start.toPlainDate()
    if (trialDays === 0) this.#period = this.#open(this.#anchor)
    else {
      this.#trialEnd = start.add({ days: trialDays })
      this.#anchor = this.#trialEnd.toPlainDate()
      this.#period = { whole: this.#anchor, end: this.#anchor }
    }
  }

  get quantity(): number {
    return this.#quantity
  }

  get plan(): ModelPlan {
    return this.#plan
  }

  /** All that is owed for the days that there are. */
  get owed(): number {
    let sum = 0
    for (const minor of this.#days.values()) sum += minor
    return sum
  }

  /** Lets the time pass up to a moment. */
  advance(now: Temporal.PlainDateTime): void {
    const to = now.toPlainDate()
    if (this.#trialEnd && !this.#isOver) {
      const isOver = Temporal.PlainDateTime.compare(this.#trialEnd, now) <= 0
      if (this.#endsBy(isOver ? this.#trialEnd.toPlainDate() : to) || (isOver && this.#endsWithPeriod)) {
        this.#isOver = true
        return
      }
      if (!isOver) return
      this.#trialEnd = undefined
      const next = this.#pending ?? { plan: this.#plan, quantity: this.#quantity }
      this.#pending = undefined
      this.#restart(this.#anchor, next)
    }
    while (!this.#isOver && Temporal.PlainDate.compare(this.#period.end, to) <= 0) {
      if (this.#endsBy(this.#period.end)) this.#isOver = true
      else if (this.#endsWithPeriod) this.#isOver = true
      else if (this.#isPaused) break
      else {
        const from = this.#period.end
        const next = this.#pending
        this.#pending = undefined
        if (next && isOtherInterval(next.plan, this.#plan)) this.#restart(from, next)
        else {
          this.#plan = next?.plan ?? this.#plan
          this.#quantity = next?.quantity ?? this.#quantity
          this.#index++
          this.#period = this.#open(from)
        }
      }
    }
    if (this.#endsBy(to)) this.#isOver = true
  }

  #endsBy(day: Day): boolean {
    return this.#until !== undefined && Temporal.PlainDate.compare(this.#until, day) <= 0
  }

  change(on: Day, plan: ModelPlan, quantity: number, when: 'now' | 'period_end'): void {
    if (when === 'period_end') {
      this.#pending = { plan, quantity }
      return
    }
    this.#pending = undefined
    if (!this.#trialEnd && isOtherInterval(plan, this.#plan)) this.#restart(on, { plan, quantity })
    else {
      this.#plan = plan
      this.#quantity = quantity
      this.#price(on)
    }
  }

  keep(): void {
    this.#pending = undefined
  }

  setQuantity(on: Day, quantity: number): void {
    this.#quantity = quantity
    if (this.#pending) this.#pending = { ...this.#pending, quantity }
    this.#price(on)
  }

  pause(on: Day, credit: boolean): void {
    this.#isPaused = true
    this.#isCredited = credit
    if (credit) this.#clear(on)
  }

  resume(on: Day): void {
    this.#isPaused = false
    if (Temporal.PlainDate.compare(on, this.#period.end) >= 0) {
      const next = this.#pending ?? { plan: this.#plan, quantity: this.#quantity }
      this.#pending = undefined
      this.#restart(on, next)
    } else if (this.#isCredited) this.#price(on)
    this.#isCredited = false
  }

  cancel(on: Day, when: 'now' | 'period_end'): void {
    if (when === 'period_end' && (this.#trialEnd || Temporal.PlainDate.compare(on, this.#period.end) < 0)) {
      this.#endsWithPeriod = true
      return
    }
    this.#isOver = true
    this.#clear(on.add({ days: 1 }))
  }

  uncancel(): void {
    this.#endsWithPeriod = false
  }

  #restart(on: Day, to: { plan: ModelPlan; quantity: number }): void {
    this.#clear(on)
    this.#plan = to.plan
    this.#quantity = to.quantity
    this.#anchor = on
    this.#index = 0
    this.#period = this.#open(on)
  }

  /** Begins a period on a day, and owes each of its days. */
  #open(from: Day): { whole: Day; end: Day } {
    const origin = this.#isCalendar ? beginning(this.#anchor, this.#plan.interval) : this.#anchor
    const period = {
      whole: nth(origin, this.#plan, this.#index),
      end: nth(origin, this.#plan, this.#index + 1),
    }
    this.#period = period
    this.#price(from)
    return period
  }

  #price(from: Day): void {
    if (this.#trialEnd) return
    const { whole, end } = this.#period
    const minor = (this.#plan.minor * this.#quantity) / whole.until(end).days
    for (
      let day = from;
      Temporal.PlainDate.compare(day, end) < 0 && !this.#endsBy(day);
      day = day.add({ days: 1 })
    )
      this.#days.set(day.toString(), minor)
  }

  #clear(from: Day): void {
    for (const day of this.#days.keys())
      if (Temporal.PlainDate.compare(day, from) >= 0) this.#days.delete(day)
  }
}

function isOtherInterval(a: ModelPlan, b: ModelPlan): boolean {
  return a.interval !== b.interval || (a.count ?? 1) !== (b.count ?? 1)
}

function nth(origin: Day, { interval, count = 1 }: ModelPlan, n: number): Day {
  if (interval === 'WEEKLY') return origin.add({ weeks: n * count })
  return origin.add({ months: n * count * monthsOf[interval] })
}

/** The first day of the calendar's period that a day is in. */
function beginning(day: Day, interval: ModelPlan['interval']): Day {
  if (interval === 'WEEKLY') return day.subtract({ days: day.dayOfWeek - 1 })
  if (interval === 'YEARLY') return day.with({ month: 1, day: 1 })
  if (interval === 'QUARTERLY') return day.with({ month: day.month - ((day.month - 1) % 3), day: 1 })
  return day.with({ day: 1 })
}
