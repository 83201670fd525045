import { type Period, type Schedule, localDay, nthPeriod } from '../../src/calendar/index.ts'
import { creditUnits, roundCredits } from '../../src/credit/index.ts'
import { type Ratio, multiply, ratio, zero } from '../../src/money/index.ts'
import { billedAfterCancellation, billedAfterChange } from '../../src/prorate/index.ts'
import {
  type Cut,
  type SubscriptionStatus,
  canMoveSubscription,
  dueWhilePaused,
  planCancellation,
  planDue,
  planResume,
  planStart,
  shareUsed,
} from '../../src/subscription/index.ts'
import { Books, type Invoice, type Line } from './books.ts'
import { DayBook } from './day-book.ts'

export type Plan = { readonly minor: bigint; readonly interval: Schedule['interval']; readonly count: number }
type Charged = { readonly line: Line; readonly invoice: Invoice }
type Part = { readonly priceMinor: bigint; readonly units: number; readonly amount: Ratio }

/** A subscription that lives by the decisions of the core alone, without a row, a server or a clock. */
export class Subscriber {
  readonly books: Books
  readonly days = new DayBook()
  readonly moves: string[] = []
  readonly periods: Period[] = []
  readonly #isInAdvance: boolean
  readonly #endsAt: number | null
  #plan: Plan
  #schedule: Schedule
  #units: number
  #status: SubscriptionStatus
  #index = -1
  #dueAt: number | null
  #cancelAt: number | null = null
  #period: Period | undefined
  #isCredited = false
  /** What has been charged in advance for the period under way, the latest first. */
  #charged: Charged[] = []
  /** What is to be charged in arrears: stretches that are over, and since when the last one goes on. */
  #parts: Part[] = []
  #openFrom: number | null = null

  constructor(start: {
    at: number
    zone: string
    anchor: Schedule['anchor']
    plan: Plan
    units: number
    trialDays: number
    endsAt: number | null
    isInAdvance: boolean
  }) {
    const { at, zone, anchor, plan, units, trialDays, endsAt } = start
    this.books = new Books(zone)
    this.#isInAdvance = start.isInAdvance
    this.#endsAt = endsAt
    this.#plan = plan
    this.#units = units
    const begun = planStart({ startedAt: at, trialDays, zone, endsAt })
    this.#status = begun.status
    this.#dueAt = begun.dueAt
    this.#schedule = {
      interval: plan.interval,
      intervalCount: plan.count,
      anchor,
      zone,
      start: begun.anchoredAt,
    }
    this.advance(at)
  }

  get status(): SubscriptionStatus {
    return this.#status
  }

  /** Lets everything happen that is due up to an instant, each at its own. */
  advance(to: number): void {
    while (this.#dueAt !== null && this.#dueAt <= to) {
      const at = this.#dueAt
      this.#close({ by: 'period' }, at)
      if (this.#status === 'PAUSED') {
        this.#awaitPaused()
        if (this.#dueAt === null || this.#dueAt > at) continue
      }
      const plan = planDue({
        status: this.#status,
        schedule: this.#schedule,
        periodIndex: this.#index,
        dueAt: at,
        cancelAt: this.#cancelAt,
        endsAt: this.#endsAt,
      })
      if (plan.kind === 'end') this.#end()
      else if (plan.kind === 'bill') {
        this.#move(plan.status)
        this.#index = plan.period.index
        this.#period = nthPeriod(this.#schedule, plan.period.index)
        this.#dueAt = plan.nextDueAt
        this.periods.push(plan.period)
        this.#charged = []
        this.#owe(plan.period.from)
        if (this.#isInAdvance) this.#charge(this.#units, plan.share, plan.period.from)
        else this.#openFrom = plan.period.from
      }
    }
  }

  setUnits(at: number, units: number): void {
    if (!this.#isLive(at) || this.#status !== 'ACTIVE') return
    const share = this.#rest(at)
    this.#cut(at)
    if (this.#isInAdvance && units > this.#units) this.#charge(units - this.#units, share, at)
    if (this.#isInAdvance && units < this.#units) this.#credit(this.#units - units, share, at)
    this.#units = units
    this.#owe(at)
  }

  change(at: number, plan: Plan): void {
    if (!this.#isLive(at) || this.#status !== 'ACTIVE' || this.#cancelAt !== null) return
    const isOther = plan.interval !== this.#plan.interval || plan.count !== this.#plan.count
    const share = this.#rest(at)
    this.#cut(at)
    if (this.#isInAdvance) this.#credit(this.#units, share, at)
    this.#plan = plan
    if (isOther) this.#restart(at)
    else {
      if (this.#isInAdvance) this.#charge(this.#units, share, at)
      this.#owe(at)
    }
  }

  pause(at: number, isCredited: boolean): void {
    if (!this.#isLive(at) || this.#status !== 'ACTIVE' || this.#cancelAt !== null) return
    this.#move('PAUSED')
    this.#isCredited = isCredited
    if (isCredited) {
      if (this.#isInAdvance) this.#credit(this.#units, this.#rest(at), at)
      else {
        this.#cut(at)
        this.#openFrom = null
      }
      this.days.clear(this.#day(at))
    }
    this.#awaitPaused()
  }

  resume(at: number): void {
    if (this.#status !== 'PAUSED' || !this.#period) return
    const plan = planResume(
      {
        startAt: this.#schedule.start,
        currentPeriodEnd: this.#periodEnd(),
        cancelAt: this.#cancelAt,
        endsAt: this.#endsAt,
      },
      at,
    )
    this.#move('ACTIVE')
    if (plan.kind === 'restarts') this.#restart(plan.anchoredAt)
    else {
      this.#dueAt = plan.dueAt
      if (this.#isCredited) {
        if (this.#isInAdvance) this.#charge(this.#units, this.#rest(at), at)
        else this.#openFrom = at
        this.#owe(at)
      }
    }
    this.#isCredited = false
  }

  cancel(at: number, when: 'now' | 'period_end'): void {
    if (this.#status === 'CANCELED') return
    const trialEnd = this.#status === 'TRIALING' ? this.#schedule.start : null
    const plan = planCancellation(
      { status: this.#status, currentPeriodEnd: this.#periodEnd(), trialEnd },
      { cancelAt: when, now: at },
    )
    this.#cancelAt = plan.at
    if (plan.kind === 'scheduled') return this.#awaitPaused()
    const period = this.#period
    if (period && at < period.to && this.#isLive(at)) {
      const share = billedAfterCancellation(this.#schedule, period, { at, end: this.#endsAt })
      if (this.#isInAdvance) this.#credit(this.#unitsCharged(), share, at, 1)
      this.#close({ by: 'cancellation', at }, at)
      this.days.clear(this.#day(at) + 1)
    }
    this.#end()
  }

  uncancel(): void {
    if (this.#status === 'CANCELED') return
    this.#cancelAt = null
    this.#awaitPaused()
  }

  #end(): void {
    this.#move('CANCELED')
    this.#dueAt = null
  }

  #move(to: SubscriptionStatus): void {
    if (to === this.#status) return
    if (!canMoveSubscription(this.#status, to)) throw new Error(`${this.#status} cannot become ${to}`)
    this.moves.push(`${this.#status} ${to}`)
    this.#status = to
  }

  #isLive(at: number): boolean {
    const end = this.#periodEnd()
    return this.#status !== 'CANCELED' && end !== null && at < end
  }

  #awaitPaused(): void {
    if (this.#status !== 'PAUSED') return
    const isOwing = this.#openFrom !== null || this.#parts.length > 0
    this.#dueAt = dueWhilePaused({
      resumeAt: null,
      cancelAt: this.#cancelAt,
      endsAt: this.#endsAt,
      closesAt: isOwing ? this.#periodEnd() : null,
    })
  }

  #periodEnd(): number | null {
    if (!this.#period) return null
    return this.#endsAt === null ? this.#period.to : Math.min(this.#period.to, this.#endsAt)
  }

  #day(at: number): number {
    return localDay(this.#schedule.zone, at)
  }

  #rest(at: number): Ratio {
    return this.#period ? billedAfterChange(this.#schedule, this.#period, { at, end: this.#endsAt }) : zero
  }

  #restart(at: number): void {
    this.#close({ by: 'change', at }, at)
    this.days.clear(this.#day(at))
    this.#schedule = {
      ...this.#schedule,
      interval: this.#plan.interval,
      intervalCount: this.#plan.count,
      start: at,
    }
    this.#index = -1
    this.#period = undefined
    this.#dueAt = at
    this.#cancelAt = null
    this.advance(at)
  }

  /** The model: from a day on, each costs its part of the whole period. */
  #owe(at: number): void {
    if (!this.#period) return
    const { wholeFrom, wholeTo, to } = this.#period
    const whole = this.#day(wholeTo) - this.#day(wholeFrom)
    const aDay = ratio(this.#plan.minor * BigInt(this.#units), BigInt(whole))
    // An end within a day leaves it billed; one at its midnight does not.
    const until = this.#endsAt === null ? Infinity : this.#day(this.#endsAt - 1) + 1
    this.days.price(this.#day(at), Math.min(this.#day(to), until), aDay)
  }

  #charge(units: number, share: Ratio, at: number): void {
    const to = this.#periodEnd()
    if (to === null || share.numerator === 0n) return
    const priceMinor = this.#plan.minor
    const amount = multiply(ratio(priceMinor * BigInt(units)), share)
    const [line] = this.books.issue([{ priceMinor, units, amount }], { at, from: at, to, isInAdvance: true })
    const invoice = this.books.invoices.at(-1)
    if (line && invoice) this.#charged.unshift({ line, invoice })
  }

  #unitsCharged(): number {
    return this.#charged.reduce((sum, { line }) => sum + line.units, 0)
  }

  #credit(units: number, share: Ratio, at: number, laterDays = 0): void {
    const credited = creditUnits(
      this.#charged.map(({ line }) => line),
      { units, share },
    )
    for (const { line: place, units: given, amount } of credited) {
      const charged = this.#charged[place]
      if (!charged) continue
      const { line, invoice } = charged
      line.units -= given
      const [minor = 0n] = roundCredits([{ amount, leftMinor: line.minor - line.creditedMinor }])
      this.books.creditLines(invoice, [minor], this.#day(at) + laterDays, amount)
    }
  }

  /** In arrears, a stretch is over. */
  #cut(at: number): void {
    this.#take({ by: 'change', at })
    if (!this.#isInAdvance) this.#openFrom = at
  }

  #take(cut: Cut): void {
    if (this.#openFrom === null || !this.#period) return
    const share = shareUsed(this.#schedule, this.#period, {
      from: this.#openFrom,
      cut,
      endsAt: this.#endsAt,
    })
    this.#openFrom = null
    const priceMinor = this.#plan.minor
    const amount = multiply(ratio(priceMinor * BigInt(this.#units)), share)
    if (share.numerator > 0n) this.#parts.push({ priceMinor, units: this.#units, amount })
  }

  /** In arrears, what was used of the period is invoiced. */
  #close(cut: Cut, at: number): void {
    const period = this.#period
    if (this.#isInAdvance || !period) return
    this.#take(cut)
    this.books.issue(this.#parts, { at, from: period.from, to: period.to, isInAdvance: false })
    this.#parts = []
  }
}
