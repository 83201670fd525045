import assert from 'node:assert/strict'
import { publicId } from '../../src/ids.ts'
import { verifyCreditNote } from '../../src/verify-credit-note.ts'
import { verifyInvoice } from '../../src/verify-invoice.ts'
import { newCustomer, newPlan } from '../billing-story.ts'
import { type Answer, type Caller, type TestServer, newTenant } from '../harness.ts'
import { LifeModel, type ModelPlan } from '../life-model.ts'
import { get, newMethod } from '../payment-story.ts'
import { HandBook } from './by-hand.ts'
import { type Act, type Life, actFor, decimals, plans, requestOf } from './wishes.ts'

/** How a life is walked: whether each call is previewed first, and how far the clock goes in one go. */
export type Manner = { readonly isPreviewed: boolean; readonly strideHours?: number }

/** What came of a life. */
export type Walked = {
  readonly environmentId: string
  readonly invoices: readonly Document[]
  readonly creditNotes: readonly Document[]
  readonly calls: number
  readonly refusals: number
  readonly explained: number
  readonly seen: Readonly<Record<string, number>>
}

export type Document = {
  readonly id: string
  readonly status: string
  readonly number: string | null
  readonly total: number
  readonly items: readonly { readonly id: string; readonly lineId?: string; readonly amount: number }[]
  readonly invoiceId?: string
}

/** What an environment holds, in a few words that change with anything in it. */
export type Contents = (environmentId: string) => Promise<string>

/** A document without what nobody can say beforehand. */
export function withoutIds(documents: readonly object[], alsoWithout: readonly string[] = []): unknown {
  const gone = new Set(['id', 'lineId', 'invoiceId', 'pdfUrl', 'hostedUrl', ...alsoWithout])
  return JSON.parse(JSON.stringify(documents, (name, value: unknown) => (gone.has(name) ? undefined : value)))
}

/** Those that were not there before, or were drafts. */
function issuedSince(known: readonly Document[], now: readonly Document[]): Document[] {
  const before = new Map(known.map(({ id, status }) => [id, status]))
  return now.filter(({ id, status }) => {
    const was = before.get(id)
    return was === undefined || (was === 'DRAFT' && status !== 'DRAFT')
  })
}

export async function documentsOf(as: Caller, id: string) {
  const [invoices, notes] = await Promise.all([
    get(as, `/invoices?limit=100&subscriptionId=${id}`),
    get(as, `/credit-notes?limit=100&subscriptionId=${id}`),
  ])
  const inOrder = (data: Document[]) => data.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return { invoices: inOrder(invoices.data), creditNotes: inOrder(notes.data) }
}

/**
 * Lives a life in a tenant of its own, on a test clock: each call is previewed, made and compared, and in the end what
 * was charged is held against what each day costs.
 */
export async function walk(
  server: TestServer,
  life: Life,
  { isPreviewed, strideHours = Number.POSITIVE_INFINITY }: Manner,
  contents: Contents,
): Promise<Walked> {
  let [calls, refusals, explained] = [0, 0, 0]
  const seen: Record<string, number> = {}
  const { test: as, session, testEnvironmentId: environmentId } = await newTenant(server)
  const factor = 10 ** decimals[life.currency]
  let now = Temporal.Instant.from('2026-01-01T00:00:00Z').add({ hours: life.start })
  const here = (): Temporal.PlainDateTime => now.toZonedDateTimeISO(life.zone).toPlainDateTime()
  const setClock = async (): Promise<void> => {
    const path = `/tenants/me/environments/${publicId('environment', environmentId)}/clock`
    const { status, body, text } = await session('POST', path, { now: now.toString() })
    assert.equal(status, 200, text)
    assert.equal(body.clock.status, 'IDLE', text)
  }
  const pass = async (hours: number): Promise<void> => {
    for (let left = hours; left > 0; left -= strideHours) {
      now = now.add({ hours: Math.min(left, strideHours) })
      await setClock()
    }
    model.advance(here())
  }
  // The model follows what is asked for, not what comes of it when nobody pays.
  const settings = { dunning: { retryDays: [1, 3, 5, 7], finalAction: 'NONE' } }
  assert.equal((await session('PATCH', '/tenants/me', { settings })).status, 200)
  await setClock()

  const planIds: string[] = []
  for (const { minor, interval, timing, count } of plans) {
    const { id } = await newPlan(as, {
      billingInterval: interval,
      billingTiming: timing,
      intervalCount: count,
      invoiceGracePeriodDays: life.grace,
      prices: [{ currency: life.currency, amount: minor / factor }],
    })
    planIds.push(id)
  }
  const { id: customerId } = await newCustomer(as, { currency: life.currency, timezone: life.zone })
  if (life.pays !== undefined) await newMethod(as, customerId, life.pays)
  const until = life.lasts === undefined ? undefined : here().toPlainDate().add({ days: life.lasts })
  const made = await as('POST', '/subscriptions', {
    customerId,
    planId: planIds[life.plan],
    quantity: life.quantity,
    billingAnchor: life.anchor,
    ...(life.trialDays > 0 ? { trialDays: life.trialDays } : {}),
    ...(until ? { endDate: until.toString() } : {}),
  })
  assert.equal(made.status, 201, made.text)
  const { id } = made.body
  const planAt = (place: number): ModelPlan => plans[place] ?? { minor: 0, interval: 'MONTHLY' }
  const model = new LifeModel(here(), planAt(life.plan), life.quantity, life.anchor, {
    trialDays: life.trialDays,
    until,
  })
  const byHand = new HandBook(as, factor)

  const perform = async (act: Act): Promise<void> => {
    const { path, method, name, body } = requestOf(act, id, planIds)
    const before = isPreviewed ? await contents(environmentId) : ''
    const preview = isPreviewed
      ? await as('POST', `/subscriptions/${id}/preview`, { [name]: body })
      : undefined
    if (preview) assert.equal(await contents(environmentId), before, 'a preview stores nothing')
    const known = preview ? await documentsOf(as, id) : undefined
    const result = await as(method, path, body)
    calls++
    if (result.status !== 200) {
      assert.equal(result.status, 409, result.text)
      refusals++
      if (preview) {
        assert.deepEqual([preview.status, preview.body], [409, result.body])
        assert.equal(await contents(environmentId), before, 'what is refused leaves no trace')
      }
      return
    }
    seen[act.kind] = (seen[act.kind] ?? 0) + 1
    follow(model, act, here().toPlainDate(), result, planAt)
    if (!preview || !known) return
    assert.equal(preview.status, 200, preview.text)
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
  }

  for (const { hours, act } of life.steps) {
    await pass(hours)
    if (act.byHand) {
      const { kind, isDone } = await byHand.act(act.byHand, await documentsOf(as, id))
      if (isDone) seen[kind] = (seen[kind] ?? 0) + 1
    }
    await perform(actFor(act, (await as('GET', `/subscriptions/${id}`)).body))
  }
  await pass(life.last)
  const [{ act: last } = assert.fail()] = life.steps
  await perform({ ...last, kind: 'cancelNow' })

  const { invoices, creditNotes } = await documentsOf(as, id)
  for (const one of [...invoices.filter(({ status }) => status !== 'DRAFT'), ...creditNotes]) {
    const isNote = one.invoiceId !== undefined
    const document = await get(as, `/${isNote ? 'credit-notes' : 'invoices'}/${one.id}/explain`)
    const { faults, totalMinor } = isNote ? verifyCreditNote(document) : verifyInvoice(document)
    assert.deepEqual([one.number, faults], [one.number, []])
    assert.equal(totalMinor, BigInt(Math.round(one.total * factor)))
    explained++
  }
  const sum = (some: readonly Document[]): number =>
    some.reduce((total, one) => total + Math.round(one.total * factor), 0)
  const charged = sum(invoices) - sum(creditNotes.filter(({ status }) => status !== 'VOIDED'))
  const rounding = (invoices.length + creditNotes.length) / 2 + 0.001
  const { credited, slack } = byHand.account(invoices, creditNotes)
  const expected = model.owed - credited
  assert.ok(
    charged >= expected - rounding && charged <= expected + slack + rounding,
    `charged ${charged}; the days cost ${model.owed}, of which ${credited} were given back by hand (${slack} of it perhaps for days that were credited anyhow)`,
  )
  return { environmentId, invoices, creditNotes, calls, refusals, explained, seen }
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
