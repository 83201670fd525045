import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { publicId } from '../../../src/ids.ts'
import { verifyCreditNote } from '../../../src/verify-credit-note.ts'
import { newCustomer, newPlan } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Answer, type Caller, newTenant, startServer } from '../../harness.ts'
import { LifeModel, type ModelPlan } from '../../life-model.ts'
import { get, newMethod, rows } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })

const plans: readonly ModelPlan[] = [
  { minor: 1000, interval: 'MONTHLY' },
  { minor: 2999, interval: 'MONTHLY' },
  { minor: 777, interval: 'WEEKLY' },
  { minor: 10_001, interval: 'YEARLY' },
  { minor: 4999, interval: 'QUARTERLY' },
  { minor: 1999, interval: 'MONTHLY', timing: 'IN_ARREARS' },
  { minor: 3001, interval: 'MONTHLY', timing: 'IN_ARREARS' },
  { minor: 501, interval: 'WEEKLY', timing: 'IN_ARREARS' },
]

const quantity = fc.integer({ min: 1, max: 4 })
const kinds = ['changePlan', 'update', 'pause', 'resume', 'cancel', 'uncancel'] as const
type Kind = (typeof kinds)[number] | 'cancelNow'

const anyAct = fc.record({
  pick: fc.nat(99),
  /** One in eight asks for anything at all, in whatever state. */
  isWild: fc.nat(7).map((n) => n === 0),
  plan: fc.nat(plans.length - 1),
  quantity,
  keepsQuantity: fc.boolean(),
  effective: fc.constantFrom('now' as const, 'now' as const, 'period_end' as const, undefined),
  creditUnused: fc.boolean(),
})
type Wish = typeof anyAct extends fc.Arbitrary<infer A> ? A : never
type Act = Wish & { readonly kind: Kind }

/** What can be asked for in a state, so that most of what is asked for happens. */
function actFor(wish: Wish, { status, cancelAt }: { status: string; cancelAt: string | null }): Act {
  const sensible: readonly Kind[] =
    status === 'PAUSED'
      ? ['resume', 'resume', 'resume', 'resume', 'cancel']
      : cancelAt !== null
        ? ['uncancel', 'uncancel', 'update']
        : ['changePlan', 'changePlan', 'changePlan', 'update', 'update', 'pause', 'pause', 'cancel']
  const from = wish.isWild ? kinds : sensible
  return { ...wish, kind: from[wish.pick % from.length] ?? 'cancel' }
}

const anyLife = fc.record({
  zone: fc.constantFrom('UTC', 'Africa/Kampala', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata'),
  anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
  /** Hours from a New Year. */
  start: fc.integer({ min: 0, max: 365 * 24 }),
  plan: fc.nat(plans.length - 1),
  quantity,
  pays: fc.constantFrom('sandbox_succeeds', 'sandbox_declined', undefined),
  /** Days that invoices of periods stay drafts. */
  grace: fc.constantFrom(0, 0, 9),
  steps: fc.array(fc.record({ hours: fc.constantFrom(0, 5, 24, 75, 200, 801), act: anyAct }), {
    minLength: 6,
    maxLength: 10,
  }),
  last: fc.integer({ min: 0, max: 900 }),
})

/** The documents of a subscription, of which nobody can say beforehand what their ids will be. */
function withoutIds(documents: readonly object[]): unknown {
  return JSON.parse(
    JSON.stringify(documents, (name, value) =>
      ['id', 'lineId', 'invoiceId', 'pdfUrl'].includes(name) ? undefined : value,
    ),
  )
}

type Document = {
  readonly id: string
  readonly status: string
  readonly number: string
  readonly total: number
}

/** Those that were not there before, or were drafts. */
function issuedSince(known: readonly Document[], now: readonly Document[]): Document[] {
  const before = new Map(known.map(({ id, status }) => [id, status]))
  return now.filter(({ id, status }) => {
    const was = before.get(id)
    return was === undefined || (was === 'DRAFT' && status !== 'DRAFT')
  })
}

async function documentsOf(as: Caller, id: string) {
  const [invoices, notes] = await Promise.all([
    get(as, `/invoices?limit=100&subscriptionId=${id}`),
    get(as, `/credit-notes?limit=100&subscriptionId=${id}`),
  ])
  const inOrder = (data: Document[]) => data.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return { invoices: inOrder(invoices.data), creditNotes: inOrder(notes.data) }
}

const contents = async (): Promise<string> => {
  const [found] = await rows(
    server,
    `select (select count(*) from invoices) || ' ' || (select count(*) from credit_notes) || ' '
       || (select count(*) from events) || ' ' || (select count(*) from ledger_entries) || ' '
       || (select coalesce(sum(last), 0) from invoice_counters) || ' '
       || (select coalesce(sum(left_minor), 0) from customer_credits) || ' '
       || (select string_agg(s::text, ',' order by s.id) from subscriptions s) as all`,
  )
  return String(found?.['all'])
}

test('in any life a preview gives the very documents of the call, and what is charged is what every day costs', async () => {
  let [calls, refusals, explained] = [0, 0, 0]
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(anyLife, async (life) => {
      const { test: as, session, testEnvironmentId } = await newTenant(server)
      const clock = async (body: object) => {
        const path = `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`
        const { status, text } = await session('POST', path, body)
        assert.equal(status, 200, text)
      }
      // The model follows what is asked for, not what comes of it when nobody pays.
      const settings = { dunning: { retryDays: [1, 3, 5, 7], finalAction: 'NONE' } }
      assert.equal((await session('PATCH', '/tenants/me', { settings })).status, 200)
      let now = Temporal.Instant.from('2026-01-01T00:00:00Z').add({ hours: life.start })
      const today = (): Temporal.PlainDate => now.toZonedDateTimeISO(life.zone).toPlainDate()
      await clock({ now: now.toString() })

      const planIds: string[] = []
      for (const { minor, interval, timing } of plans) {
        const { id } = await newPlan(as, {
          billingInterval: interval,
          billingTiming: timing,
          invoiceGracePeriodDays: life.grace,
          prices: [{ currency: 'KES', amount: minor / 100 }],
        })
        planIds.push(id)
      }
      const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone: life.zone })
      if (life.pays !== undefined) await newMethod(as, customerId, life.pays)
      const made = await as('POST', '/subscriptions', {
        customerId,
        planId: planIds[life.plan],
        quantity: life.quantity,
        billingAnchor: life.anchor,
      })
      assert.equal(made.status, 201, made.text)
      const { id } = made.body
      const planAt = (place: number): ModelPlan => plans[place] ?? { minor: 0, interval: 'MONTHLY' }
      const model = new LifeModel(today(), planAt(life.plan), life.quantity, life.anchor)

      let shown: { status: string; cancelAt: string | null } = made.body
      const perform = async (act: Act): Promise<void> => {
        const { path, method, name, body } = requestOf(act, id, planIds)
        const before = await contents()
        const preview = await as('POST', `/subscriptions/${id}/preview`, { [name]: body })
        assert.equal(await contents(), before, 'a preview stores nothing')
        const known = await documentsOf(as, id)
        const result = await as(method, path, body)
        calls++
        assert.equal(preview.status, result.status, `${preview.text} ${result.text}`)
        if (result.status !== 200) {
          assert.equal(result.status, 409, result.text)
          refusals++
          assert.deepEqual(preview.body, result.body)
          assert.equal(await contents(), before, 'what is refused leaves no trace')
          return
        }
        const after = await documentsOf(as, id)
        assert.deepEqual(preview.body.subscription, result.body)
        assert.deepEqual(
          withoutIds(preview.body.invoices),
          withoutIds(issuedSince(known.invoices, after.invoices)),
        )
        assert.deepEqual(
          withoutIds(preview.body.creditNotes),
          withoutIds(after.creditNotes.slice(known.creditNotes.length)),
        )
        assert.equal(preview.body.balance, (await get(as, `/customers/${customerId}`)).balance)
        seen[act.kind] = (seen[act.kind] ?? 0) + 1
        follow(model, act, today(), result, planAt)
      }

      for (const { hours, act } of life.steps) {
        now = now.add({ hours })
        await clock({ now: now.toString() })
        model.advance(today())
        shown = (await as('GET', `/subscriptions/${id}`)).body
        await perform(actFor(act, shown))
      }
      now = now.add({ hours: life.last })
      await clock({ now: now.toString() })
      model.advance(today())
      const [{ act: last } = assert.fail()] = life.steps
      await perform({ ...last, kind: 'cancelNow' })

      const { invoices, creditNotes } = await documentsOf(as, id)
      for (const { id: noteId, total, number } of creditNotes) {
        const { faults, totalMinor } = verifyCreditNote(await get(as, `/credit-notes/${noteId}/explain`))
        assert.deepEqual([number, faults], [number, []])
        assert.equal(totalMinor, BigInt(Math.round(total * 100)))
        explained++
      }
      const sum = (some: readonly object[]): number =>
        some.reduce((total, one) => total + Math.round(Number(Reflect.get(one, 'total')) * 100), 0)
      const charged = sum(invoices) - sum(creditNotes)
      const most = (invoices.length + creditNotes.length) / 2 + 0.001
      assert.ok(Math.abs(charged - model.owed) <= most, `charged ${charged}, and the days cost ${model.owed}`)
    }),
    { numRuns: 30, seed: 20_260_114, endOnFailure: false },
  )
  assert.ok(explained > 50, `${explained} credit notes explained themselves`)
  assert.ok(refusals > 20 && calls - refusals > 100, `${calls} calls, ${refusals} refused`)
  for (const kind of kinds) assert.ok((seen[kind] ?? 0) >= 5, `${kind} happened ${seen[kind] ?? 0} times`)
  await everythingHolds(server)
})

function requestOf(
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

/** Tells the model what has happened. */
function follow(
  model: LifeModel,
  act: Act,
  on: Temporal.PlainDate,
  { body }: Answer,
  planAt: (place: number) => ModelPlan,
): void {
  switch (act.kind) {
    case 'changePlan': {
      const plan = planAt(act.plan)
      if (body.pendingChange) model.change(on, plan, body.pendingChange.quantity, 'period_end')
      else if (plan === model.plan && body.quantity === model.quantity) model.keep()
      else model.change(on, plan, body.quantity, 'now')
      return
    }
    case 'update':
      if (act.quantity !== model.quantity) model.setQuantity(on, act.quantity)
      return
    case 'pause':
      return model.pause(on, act.creditUnused)
    case 'resume':
      return model.resume(on)
    case 'cancel':
      return model.cancel(on, 'period_end')
    case 'uncancel':
      return model.uncancel()
    case 'cancelNow':
      return model.cancel(on, 'now')
  }
}
