import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type CreditAmounts, type Creditable, creditLines, creditTotal } from '@novabilling/core/credit'
import fc from 'fast-check'
import { parseId } from '../../../src/ids.ts'
import { DocumentFault } from '../../../src/verify-invoice.ts'
import { verifyCreditNote } from '../../../src/verify-credit-note.ts'
import { asOwner, newPlan, subscribe } from '../../billing-story.ts'
import { creditNote } from '../../credit-story.ts'
import { issuedByHand } from '../../document-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const { live } = await newTenant(server)

async function invoiceOf(amounts: number[]) {
  return issuedByHand(live, {
    items: amounts.map((unitAmount, index) => ({ description: `Line ${index}`, quantity: 1, unitAmount })),
  })
}

const explained = (as: Caller, { id }: { id: string }) => get(as, `/credit-notes/${id}/explain`)

async function notesOf(subscription: { id: string }) {
  return (await get(live, `/credit-notes?subscriptionId=${subscription.id}`)).data
}

test('credit notes by line and by total explain themselves, and each says what the one before it left', async () => {
  const invoice = await invoiceOf([100, 50, 0.01])
  const first = await creditNote(live, {
    invoiceId: invoice.id,
    items: [{ lineId: invoice.items[1].id, amount: 20 }],
  })
  const second = await creditNote(live, { invoiceId: invoice.id, amount: 77.77 })
  const [line, total] = [await explained(live, first), await explained(live, second)]
  for (const document of [line, total]) assert.deepEqual(verifyCreditNote(document).faults, [])
  assert.deepEqual([line.basis, line.mostMinor, line.totalMinor], ['LINES', '15001', '2000'])
  assert.deepEqual([total.basis, total.mostMinor, total.totalMinor], ['TOTAL', '13001', '7777'])
  assert.deepEqual(
    total.lines.map((one: { leftMinor: string }) => one.leftMinor),
    ['10000', '3000', '1'],
  )
  assert.equal(verifyCreditNote(total).number, second.number)
  await live('POST', `/credit-notes/${second.id}/void`)
  assert.deepEqual(await explained(live, second), total)
})

test('a change says the units, the days and the price that it gives back', async () => {
  const subscription = await subscribe(
    live,
    { quantity: 5, billingAnchor: 'CALENDAR', startDate: '2026-01-01' },
    { customer: { timezone: 'Africa/Nairobi' } },
  )
  assert.equal((await live('PATCH', `/subscriptions/${subscription.id}`, { quantity: 2 })).status, 200)
  const [note] = await notesOf(subscription)
  const document = await explained(live, note)
  assert.deepEqual(verifyCreditNote(document).faults, [])
  assert.deepEqual([document.basis, document.lines[0].leftMinor], ['UNUSED', '24995'])
  const { units, unitMinor, zone, unit, part, whole, exactMinor } = document.lines[0].unused
  assert.deepEqual(
    { units, unitMinor, zone, unit, part, whole },
    { units: '3', unitMinor: '4999', zone: 'Africa/Nairobi', unit: 'DAY', part: '22', whole: '31' },
  )
  assert.deepEqual(exactMinor, { numerator: String(3 * 4999 * 22), denominator: '31' })
})

test('every way to give back unused time explains itself: cancel, pause, another plan or interval, an end date, seconds', async () => {
  const cheaper = await newPlan(live, { prices: [{ currency: 'KES', amount: 10 }] })
  const yearly = await newPlan(live, { billingInterval: 'YEARLY' })
  const ways: readonly (readonly [path: string, body: object])[] = [
    ['cancel', { cancelAt: 'now' }],
    ['pause', { creditUnused: true }],
    ['change-plan', { newPlanId: cheaper.id, effective: 'now' }],
    ['change-plan', { newPlanId: yearly.id, effective: 'now' }],
  ]
  const lives = [
    {},
    { quantity: 3, billingAnchor: 'CALENDAR' },
    { endDate: '2026-01-25' },
    { endDate: '2026-01-25T11:30:00Z', billingAnchor: 'CALENDAR' },
  ]
  let count = 0
  for (const [path, body] of ways)
    for (const shape of lives)
      for (const [plan, timezone] of [
        [{}, 'America/New_York'],
        [{}, 'Africa/Nairobi'],
        [{ billingInterval: 'DAILY' }, 'Africa/Cairo'],
      ] as const) {
        const subscription = await subscribe(live, shape, { plan, customer: { timezone } })
        const { status, text } = await live('POST', `/subscriptions/${subscription.id}/${path}`, body)
        assert.equal(status, 200, text)
        for (const note of await notesOf(subscription)) {
          const { faults, totalMinor } = verifyCreditNote(await explained(live, note))
          assert.deepEqual(faults, [], `${path} ${JSON.stringify([shape, plan, timezone])}`)
          assert.equal(totalMinor, BigInt(Math.round(note.total * 100)))
          count++
        }
      }
  assert.ok(count >= 40, `${count} were explained`)
})

// oxlint-disable-next-line typescript/no-explicit-any -- the document is damaged in ways no type would allow
type Damage = (document: any) => void

test('a wrong document is seen, and the figure that does not follow is named', async () => {
  const invoice = await invoiceOf([100, 50])
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 30 })
  const subscription = await subscribe(live, { quantity: 2 })
  await live('PATCH', `/subscriptions/${subscription.id}`, { quantity: 1 })
  const [change] = await notesOf(subscription)
  const [total, unused] = [await explained(live, note), await explained(live, change)]
  const ofTotal: Record<string, Damage> = {
    'lines[0].amountMinor': (doc) => (doc.lines[0].amountMinor = '2001'),
    'lines[1].discountMinor': (doc) => (doc.lines[1].discountMinor = '1'),
    subtotalMinor: (doc) => (doc.subtotalMinor = '3001'),
    discountMinor: (doc) => (doc.discountMinor = '1'),
    taxMinor: (doc) => (doc.taxMinor = '1'),
    'what was settled, refunded and kept': (doc) => (doc.settledMinor = '2999'),
    'totalMinor is more': (doc) => (doc.mostMinor = '2999'),
    'the year in the number': (doc) => (doc.number = 'CN-2025-000001'),
    'taxes[0].taxMinor': (doc) => (doc.taxes = [{ lines: [0], leftMinor: '100', taxMinor: '0' }]),
  }
  const ofUnused: Record<string, Damage> = {
    'lines[0].unused.part': (doc) => (doc.lines[0].unused.from = '2026-01-11T00:00:00.000Z'),
    'lines[0].unused.exactMinor': (doc) => (doc.lines[0].unused.exactMinor.numerator += '0'),
    'lines[0].amountMinor': (doc) => (doc.lines[0].unused.unitMinor = '5000'),
  }
  const byLine = await creditNote(live, {
    invoiceId: invoice.id,
    items: [{ lineId: invoice.items[0].id, amount: 30 }],
  })
  const ofLines: Record<string, Damage> = {
    'lines[0] gives back more': (doc) => (doc.lines[0].leftMinor = '2999'),
  }
  for (const [document, damage] of [
    [await explained(live, byLine), ofLines],
    [total, ofTotal],
    [unused, ofUnused],
  ] as const) {
    assert.deepEqual(verifyCreditNote(document).faults, [])
    for (const [name, plant] of Object.entries(damage)) {
      const copy = structuredClone(document)
      plant(copy)
      const { faults } = verifyCreditNote(copy)
      assert.ok(
        faults.some((fault) => fault.startsWith(name)),
        `${name}: ${faults.join(' · ')}`,
      )
    }
  }
  for (const broken of [
    null,
    [],
    {},
    { ...total, lines: 1 },
    { ...total, basis: 'x' },
    { ...total, issuedAt: 'soon' },
  ])
    assert.throws(() => verifyCreditNote(broken), DocumentFault)
})

test('credits of any lines, discounts and taxes: the verifier shares them out as core does, and sees one unit moved', () => {
  const anyLine = fc.tuple(fc.bigInt(1n, 10n ** 9n), fc.nat(100), fc.nat(100))
  const anyTax = fc.tuple(fc.nat(8), fc.bigInt(0n, 10n ** 8n))
  fc.assert(
    fc.property(
      fc.array(anyLine, { minLength: 1, maxLength: 6 }),
      fc.array(anyTax, { maxLength: 3 }),
      fc.boolean(),
      fc.nat(1000),
      fc.nat(),
      (lines, taxes, isTotal, permille, place) => {
        const creditable: Creditable = {
          lines: lines.map(([leftMinor, off]) => ({
            leftMinor,
            discountLeftMinor: (leftMinor * BigInt(off)) / 100n,
          })),
          taxes: taxes.map(([from, leftMinor]) => ({
            lines: [...lines.keys()].filter((index) => index >= from % lines.length),
            leftMinor,
          })),
        }
        const most =
          creditable.lines.reduce((sum, line) => sum + line.leftMinor - line.discountLeftMinor, 0n) +
          creditable.taxes.reduce((sum, tax) => sum + tax.leftMinor, 0n)
        const amounts: CreditAmounts = isTotal
          ? creditTotal(creditable, (most * BigInt(permille)) / 1000n)
          : creditLines(
              creditable,
              lines.map(([leftMinor, , share]) => (leftMinor * BigInt(share)) / 100n),
            )
        const document = {
          version: 1,
          kind: 'CREDIT_NOTE',
          number: 'CN-2026-000001',
          currency: 'KES',
          issuedAt: '2026-01-01T00:00:00Z',
          zone: 'UTC',
          basis: isTotal ? 'TOTAL' : 'LINES',
          mostMinor: String(most),
          lines: creditable.lines.map((line, index) => ({
            leftMinor: String(line.leftMinor),
            discountLeftMinor: String(line.discountLeftMinor),
            unused: null,
            amountMinor: String(amounts.lines[index]?.amountMinor),
            discountMinor: String(amounts.lines[index]?.discountMinor),
          })),
          taxes: creditable.taxes.map((tax, index) => ({
            lines: tax.lines,
            leftMinor: String(tax.leftMinor),
            taxMinor: String(amounts.taxes[index]),
          })),
          subtotalMinor: String(amounts.subtotalMinor),
          discountMinor: String(amounts.discountMinor),
          taxMinor: String(amounts.taxMinor),
          totalMinor: String(amounts.totalMinor),
          settledMinor: String(amounts.totalMinor),
          refundMinor: '0',
          balanceMinor: '0',
        }
        assert.deepEqual(verifyCreditNote(document).faults, [])
        const moved = structuredClone(document)
        const one = moved.lines[place % moved.lines.length]
        assert.ok(one)
        one.discountMinor = String(BigInt(one.discountMinor) + 1n)
        assert.equal(verifyCreditNote(moved).faults.length, 1)
      },
    ),
    { numRuns: 1000 },
  )
})

test('one of a time before this was kept is refused, and what is kept never changes', async () => {
  const invoice = await invoiceOf([100])
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 1 })
  const id = parseId('creditNote', note.id)
  const [rights] = await asOwner<{ any: boolean }>(
    server,
    `select bool_or(has_table_privilege(role, 'credit_note_derivations', verb)) as any
     from unnest(array['nova_api', 'nova_worker']) as role, unnest(array['update', 'delete', 'truncate']) as verb`,
  )
  assert.equal(rights?.any, false)
  await asOwner(server, 'delete from credit_note_derivations where credit_note_id = $1', [id])
  const old = await live('GET', `/credit-notes/${note.id}/explain`)
  assert.deepEqual([old.status, old.body.code], [409, 'credit_note_not_explained'])
  assert.equal((await live('GET', '/credit-notes/cn_00000000000000000000000000/explain')).status, 404)
})

test('novabilling verify-invoice recomputes a credit note too', async () => {
  const invoice = await invoiceOf([100])
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 12.5 })
  const document = await explained(live, note)
  const folder = await mkdtemp(join(tmpdir(), 'nova-explain-'))
  const file = join(folder, 'explain.json')
  const program = new URL('../../../src/main.ts', import.meta.url).pathname
  const run = async () => {
    const outcome = await promisify(execFile)(process.execPath, [program, 'verify-invoice', file]).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    return { code: 'code' in outcome ? outcome.code : 0, text: outcome.stdout + outcome.stderr }
  }
  try {
    await writeFile(file, JSON.stringify(document))
    assert.deepEqual(await run(), {
      code: 0,
      text: `${note.number} comes to 1250 minor units of KES: every figure follows.\n`,
    })
    await writeFile(file, JSON.stringify({ ...document, totalMinor: '1249' }))
    const wrong = await run()
    assert.equal(wrong.code, 1)
    assert.match(wrong.text, /WRONG {2}lines\[0\]\.amountMinor is 1250 and should be 1249/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
