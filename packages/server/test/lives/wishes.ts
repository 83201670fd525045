import fc from 'fast-check'
import type { ModelPlan } from '../life-model.ts'

/** What a life is made of: who subscribes to what, and what is asked for on the way. */

export const plans: readonly ModelPlan[] = [
  { minor: 1000, interval: 'MONTHLY' },
  { minor: 2999, interval: 'MONTHLY' },
  { minor: 777, interval: 'WEEKLY' },
  { minor: 10_001, interval: 'YEARLY' },
  { minor: 4999, interval: 'QUARTERLY' },
  { minor: 1999, interval: 'MONTHLY', timing: 'IN_ARREARS' },
  { minor: 3001, interval: 'MONTHLY', timing: 'IN_ARREARS' },
  { minor: 501, interval: 'WEEKLY', timing: 'IN_ARREARS' },
  { minor: 5555, interval: 'MONTHLY', count: 2 },
  { minor: 1313, interval: 'WEEKLY', count: 2, timing: 'IN_ARREARS' },
]

export const decimals = { KES: 2, UGX: 0, KWD: 3 } as const

const quantity = fc.integer({ min: 1, max: 4 })
/** What a preview can be asked for. */
export const kinds = ['changePlan', 'update', 'pause', 'resume', 'cancel', 'uncancel'] as const
/** What is done to the invoices of a subscription by hand. */
export const handKinds = ['credit', 'creditLine', 'takeBack', 'pay'] as const
export type Kind = (typeof kinds)[number] | 'cancelNow'
export type HandKind = (typeof handKinds)[number]

const anyAct = fc.record({
  pick: fc.nat(99),
  /** One in eight asks for anything at all, in whatever state. */
  isWild: fc.nat(7).map((n) => n === 0),
  plan: fc.nat(plans.length - 1),
  quantity,
  keepsQuantity: fc.boolean(),
  effective: fc.constantFrom('now' as const, 'now' as const, 'period_end' as const, undefined),
  creditUnused: fc.boolean(),
  /** Done first, to one of the invoices. */
  byHand: fc.option(
    fc.record({
      kind: fc.constantFrom(...handKinds),
      place: fc.nat(20),
      percent: fc.integer({ min: 1, max: 60 }),
      refund: fc.boolean(),
    }),
    { freq: 2, nil: undefined },
  ),
})
export type Wish = typeof anyAct extends fc.Arbitrary<infer A> ? A : never
export type Act = Wish & { readonly kind: Kind }
export type ByHand = NonNullable<Wish['byHand']>

/** What can be asked for in a state, so that most of what is asked for happens. */
export function actFor(wish: Wish, { status, cancelAt }: { status: string; cancelAt: string | null }): Act {
  const sensible: readonly Kind[] =
    status === 'PAUSED'
      ? ['resume', 'resume', 'resume', 'resume', 'cancel']
      : cancelAt !== null
        ? ['uncancel', 'uncancel', 'update']
        : ['changePlan', 'changePlan', 'changePlan', 'update', 'update', 'pause', 'pause', 'cancel']
  const from = wish.isWild ? kinds : sensible
  return { ...wish, kind: from[wish.pick % from.length] ?? 'cancel' }
}

export const anyLife = fc.record({
  zone: fc.constantFrom('UTC', 'Africa/Kampala', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata'),
  anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
  currency: fc.constantFrom('KES' as const, 'KES' as const, 'UGX' as const, 'KWD' as const),
  /** Hours from a New Year. */
  start: fc.integer({ min: 0, max: 365 * 24 }),
  plan: fc.nat(plans.length - 1),
  quantity,
  trialDays: fc.constantFrom(0, 0, 0, 10),
  /** Days after which it ends by itself. */
  lasts: fc.option(fc.integer({ min: 20, max: 120 }), { freq: 4, nil: undefined }),
  pays: fc.constantFrom('sandbox_succeeds', 'sandbox_declined', undefined),
  /** Days that invoices of periods stay drafts. */
  grace: fc.constantFrom(0, 0, 9),
  steps: fc.array(fc.record({ hours: fc.constantFrom(0, 5, 24, 75, 200, 801), act: anyAct }), {
    minLength: 6,
    maxLength: 10,
  }),
  last: fc.integer({ min: 0, max: 900 }),
})
export type Life = typeof anyLife extends fc.Arbitrary<infer A> ? A : never

/** The call that an act is, and how a preview names it. */
export function requestOf(
  act: Act,
  id: string,
  planIds: readonly string[],
): { path: string; method: string; name: string; body: object } {
  const url = `/subscriptions/${id}`
  switch (act.kind) {
    case 'changePlan': {
      const { effective } = act
      const body = {
        newPlanId: planIds[act.plan],
        effective,
        ...(act.keepsQuantity ? {} : { quantity: act.quantity }),
      }
      return { path: `${url}/change-plan`, method: 'POST', name: 'changePlan', body }
    }
    case 'update':
      return { path: url, method: 'PATCH', name: 'update', body: { quantity: act.quantity } }
    case 'pause':
      return { path: `${url}/pause`, method: 'POST', name: 'pause', body: { creditUnused: act.creditUnused } }
    case 'cancelNow':
      return { path: `${url}/cancel`, method: 'POST', name: 'cancel', body: { cancelAt: 'now' } }
    case 'resume':
    case 'cancel':
    case 'uncancel':
      return { path: `${url}/${act.kind}`, method: 'POST', name: act.kind, body: {} }
  }
}
