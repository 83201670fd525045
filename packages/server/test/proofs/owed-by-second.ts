/**
 * What the life of a subscription to hourly plans costs, told from its events alone: every second costs its share of
 * the price that holds in it. It knows nothing of invoices, credit notes, rounding, or of who did what when it failed.
 */

/** A subscription as an event shows it, and when. */
export type Told = {
  readonly type: string
  readonly atMs: number
  readonly body: {
    readonly status: string
    readonly planId: string
    readonly quantity: number
    readonly currentPeriodStart: string
    readonly currentPeriodEnd: string
  }
}

/** A period that is being paid for, from one of its seconds on. */
type Paid = {
  readonly fromMs: number
  readonly toMs: number
  readonly seconds: number
  readonly isOn: boolean
  readonly since: number
  readonly minor: number
}

/** In minor units. `isCredited` says of a pause, by its instant, whether the rest of the period was given back. */
export function owedBySecond(
  told: readonly Told[],
  prices: ReadonlyMap<string, number>,
  isCredited: (atMs: number) => boolean,
): number {
  let owed = 0
  let paid: Paid | undefined
  const payUpTo = (second: number): void => {
    if (!paid) return
    if (paid.isOn) owed += (paid.minor * (second - paid.since)) / paid.seconds
    paid = { ...paid, since: second }
  }
  for (const { type, atMs, body } of told) {
    const minor = (prices.get(body.planId) ?? Number.NaN) * body.quantity
    const [fromMs, toMs] = [Date.parse(body.currentPeriodStart), Date.parse(body.currentPeriodEnd)]
    const second = paid ? secondOf(paid, atMs) : 0
    if (paid?.fromMs !== fromMs || paid.toMs !== toMs) {
      payUpTo(second)
      const seconds = Math.floor((toMs - fromMs) / 1000)
      paid = { fromMs, toMs, seconds, isOn: true, since: 0, minor }
    } else if (type === 'subscription.canceled') {
      // The second of the cancellation stays paid for.
      payUpTo(atMs < paid.toMs ? second + 1 : second)
      paid = { ...paid, isOn: false }
    } else if (type === 'subscription.paused' && isCredited(atMs)) {
      payUpTo(second)
      paid = { ...paid, isOn: false }
    } else if (type === 'subscription.resumed' && !paid.isOn) {
      paid = { ...paid, isOn: true, since: second, minor }
    } else if (minor !== paid.minor) {
      payUpTo(second)
      paid = { ...paid, minor }
    }
  }
  payUpTo(paid?.seconds ?? 0)
  return owed
}

/** Which second of a period an instant is in; the one after the last when it is over. */
function secondOf({ fromMs, seconds }: Paid, atMs: number): number {
  return Math.min(seconds, Math.max(0, Math.floor((atMs - fromMs) / 1000)))
}
