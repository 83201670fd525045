import { type Ratio, add, roundHalfUp } from '../money/index.ts'

/** Why recurring revenue moved. */
export type MovementKind = 'new' | 'expansion' | 'contraction' | 'churn' | 'reactivation'

/** So much more, or less, in minor units a month, in the stretch of time that is called so. */
export type Movement = { readonly stretch: string; readonly kind: MovementKind; readonly worth: Ratio }

export type MovedStretch = Readonly<Record<MovementKind, bigint>> & {
  readonly stretch: string
  readonly opening: bigint
  readonly closing: bigint
}

/**
 * Movements by stretch, in whole minor units, such that the opening and the movements are exactly the closing, and each
 * closing the next opening, though subscriptions are worth fractions a month: what is rounded is the sum so far, half up,
 * and a movement is the difference of two. So each is less than one minor unit from what it is exactly, and none is not
 * zero where nothing moved.
 */
export function movementsByStretch(
  before: Ratio,
  stretches: readonly string[],
  movements: readonly Movement[],
): MovedStretch[] {
  const byStretch = Map.groupBy(movements, ({ stretch }) => stretch)
  let sum = before
  return stretches.map((stretch) => {
    const own = byStretch.get(stretch) ?? []
    const opening = roundHalfUp(sum)
    const step = (kind: MovementKind): bigint => {
      const from = roundHalfUp(sum)
      sum = own.filter((one) => one.kind === kind).reduce((all, { worth }) => add(all, worth), sum)
      return roundHalfUp(sum) - from
    }
    return {
      stretch,
      opening,
      new: step('new'),
      expansion: step('expansion'),
      contraction: step('contraction'),
      churn: step('churn'),
      reactivation: step('reactivation'),
      closing: roundHalfUp(sum),
    }
  })
}

/** Which movement it is that a subscription is worth something else from now on. `grew`: whether it is worth more. */
export function movementKind({
  ran,
  runs,
  everRan,
  grew,
}: {
  readonly ran: boolean
  readonly runs: boolean
  readonly everRan: boolean
  readonly grew: boolean
}): MovementKind {
  if (!ran && runs) return everRan ? 'reactivation' : 'new'
  if (ran && !runs) return 'churn'
  return grew ? 'expansion' : 'contraction'
}
