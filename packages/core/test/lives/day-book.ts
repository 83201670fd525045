import { type Ratio, add, multiply, ratio, zero } from '../../src/money/index.ts'

/**
 * What each day of a life costs: an account of the same promises as the program's, of another shape. It knows days and
 * what one of them costs, and nothing of periods, shares, invoices or credits.
 */
export class DayBook {
  readonly #days = new Map<number, Ratio>()

  /** From a day up to another, each costs this much; what was there before is over. */
  price(from: number, to: number, aDay: Ratio): void {
    this.clear(from)
    for (let day = from; day < to; day++) this.#days.set(day, aDay)
  }

  /** From a day on nothing costs anything. */
  clear(from: number): void {
    for (const day of this.#days.keys()) if (day >= from) this.#days.delete(day)
  }

  /** All of it, exactly. */
  get total(): Ratio {
    const counts = new Map<Ratio, number>()
    for (const aDay of this.#days.values()) counts.set(aDay, (counts.get(aDay) ?? 0) + 1)
    let total = zero
    for (const [aDay, count] of counts) total = add(total, multiply(aDay, ratio(BigInt(count))))
    return total
  }
}
