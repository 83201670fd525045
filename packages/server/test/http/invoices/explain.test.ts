import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { roundLines } from '@novabilling/core/invoice'
import { fromDecimal, multiply, ratio } from '@novabilling/core/money'
import fc from 'fast-check'
import { parseId } from '../../../src/ids.ts'
import { DocumentFault, verifyInvoice } from '../../../src/verify-invoice.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { asOwner, invoicesOf, newCustomer, runBilling, subscribe } from '../../billing-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const { live, session } = await newTenant(server)

async function explained(as: Caller, subscription: { id: string }, index = 0) {
  const invoice = (await invoicesOf(as, subscription.id))[index]
  return { invoice, document: await get(as, `/invoices/${invoice.id}/explain`) }
}

test('every kind of period explains itself: recomputed offline, each invoice comes to the total that was issued', async () => {
  const nairobi = { timezone: 'Africa/Nairobi' }
  const lives = [
    {},
    { quantity: 3, billingAnchor: 'CALENDAR' },
    { endDate: '2026-01-22' },
    { endDate: '2026-01-22T11:30:00Z', billingAnchor: 'CALENDAR' },
    { startDate: '2025-10-31' },
  ]
  for (const billingInterval of ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY']) {
    for (const body of lives) {
      if (billingInterval === 'HOURLY' && (body.startDate ?? body.endDate) !== undefined) continue
      for (const [currency, amount] of [
        ['KES', 49.99],
        ['UGX', 185_001],
        ['KWD', '1.125'],
      ] as const) {
        const subscription = await subscribe(
          live,
          { ...body, currency },
          { plan: { billingInterval, prices: [{ currency, amount }] }, customer: nairobi },
        )
        const { invoice, document } = await explained(live, subscription)
        const { faults, totalMinor, number } = verifyInvoice(document)
        assert.deepEqual(faults, [], `${billingInterval} ${JSON.stringify(body)} ${currency}`)
        assert.equal(number, invoice.number)
        const { decimals } = document
        assert.equal(totalMinor, BigInt(Math.round(invoice.total * 10 ** decimals)))
      }
    }
  }
})

test('an invoice by hand explains itself: quantity times price, rounded once, due on its own day', async () => {
  const { id: customerId } = await newCustomer(live, { currency: 'KES', timezone: 'Asia/Tokyo' })
  for (const dueDate of [undefined, '2026-01-10', '2026-03-05']) {
    const third = { description: 'Advice', quantity: '0.333', unitAmount: 1 }
    const made = await live('POST', '/invoices', {
      customerId,
      items: [third, third, { ...third, quantity: '1.000000000001', unitAmount: '49.99' }],
      autoFinalize: true,
      dueDate,
    })
    assert.equal(made.status, 201, made.text)
    const document = await get(live, `/invoices/${made.body.id}/explain`)
    const { faults, totalMinor, number } = verifyInvoice(document)
    assert.deepEqual([faults, number], [[], made.body.number])
    assert.equal(totalMinor, BigInt(Math.round(made.body.total * 100)))
    assert.deepEqual(
      document.lines.map((line: { type: string; share: null }) => [line.type, line.share]),
      Array.from({ length: 3 }, () => ['MANUAL', null]),
    )
    const { termsFrom, dueOn } = document.due
    assert.deepEqual([termsFrom, dueOn], [dueDate ? 'INVOICE' : 'DEFAULT', dueDate ?? '2026-02-09'])
  }
  const draft = await live('POST', '/invoices', {
    customerId,
    items: [{ description: 'x', quantity: 1, unitAmount: 1 }],
  })
  assert.equal((await live('GET', `/invoices/${draft.body.id}/explain`)).body.code, 'invoice_not_explained')
})

test('a part of a period shows the days it charges, of how many', async () => {
  const part = await subscribe(
    live,
    { billingAnchor: 'CALENDAR', quantity: 2 },
    { customer: { timezone: 'Africa/Nairobi' } },
  )
  const { document } = await explained(live, part)
  assert.deepEqual(document.lines[0].share, {
    zone: 'Africa/Nairobi',
    unit: 'DAY',
    part: '22',
    whole: '31',
    wholeStart: '2025-12-31T21:00:00.000Z',
    wholeEnd: '2026-01-31T21:00:00.000Z',
  })
  assert.equal(document.lines[0].quantity, '2')
  assert.equal(document.lines[0].unitAmount, '49.99')
  assert.deepEqual(document.lines[0].exactMinor, { numerator: '219956', denominator: '31' })
  assert.equal(document.lines[0].amountMinor, '7095')
})

test('the due date says whose terms it has: the customer’s before the plan’s before the tenant’s before 30 days', async () => {
  const due = async (made: object) => {
    const { due: terms, ...rest } = (await explained(live, await subscribe(live, {}, made))).document
    assert.ok(rest)
    return [terms.termsDays, terms.termsFrom, terms.dueOn]
  }
  const plan = { netPaymentTerms: 14 }
  assert.deepEqual(await due({}), [30, 'DEFAULT', '2026-02-09'])
  const settings = { netPaymentTerms: 60 }
  assert.equal((await session('PATCH', '/tenants/me', { settings })).status, 200)
  assert.deepEqual(await due({}), [60, 'TENANT', '2026-03-11'])
  assert.deepEqual(await due({ plan }), [14, 'PLAN', '2026-01-24'])
  assert.deepEqual(await due({ plan, customer: { netPaymentTerms: 0 } }), [0, 'CUSTOMER', '2026-01-10'])
})

test('what was kept at issue stays: price, customer and zone may change, the explanation does not', async () => {
  const subscription = await subscribe(live)
  const before = await explained(live, subscription)
  await live('PATCH', `/customers/${subscription.customerId}`, {
    timezone: 'Asia/Tokyo',
    netPaymentTerms: 5,
    name: 'Other',
  })
  server.clock.set('2026-02-11T09:00:00Z')
  await runBilling(server)
  assert.deepEqual((await explained(live, subscription)).document, before.document)
  const next = (await explained(live, subscription, 1)).document
  assert.deepEqual(
    [next.due.zone, next.due.termsFrom, next.lines[0].share.zone],
    ['Asia/Tokyo', 'CUSTOMER', 'UTC'],
  )
  const id = parseId('invoice', before.invoice.id)
  await assert.rejects(
    asOwner(server, 'update invoices set terms_days = 1 where id = $1', [id]),
    /never changes/,
  )
})

test('one of a time before derivations were kept is refused, and an unknown one is not found', async () => {
  const { invoice } = await explained(live, await subscribe(live))
  await asOwner(server, 'update invoice_lines set derivation = null where invoice_id = $1', [
    parseId('invoice', invoice.id),
  ])
  const old = await live('GET', `/invoices/${invoice.id}/explain`)
  assert.deepEqual([old.status, old.body.code], [409, 'invoice_not_explained'])
  assert.equal((await live('GET', '/invoices/inv_00000000000000000000000000/explain')).status, 404)
})

// oxlint-disable-next-line typescript/no-explicit-any -- the document is damaged in ways no type would allow
type Damage = (document: any) => void

test('a wrong document is seen, and the figure that does not follow is named', async () => {
  const subscription = await subscribe(live, { billingAnchor: 'CALENDAR' })
  const { document } = await explained(live, subscription)
  const damage: Record<string, Damage> = {
    totalMinor: (doc) => (doc.totalMinor = '3387'),
    taxMinor: (doc) => (doc.taxMinor = '1'),
    discountMinor: (doc) => (doc.discountMinor = '1'),
    decimals: (doc) => (doc.decimals = 3),
    'rounding.subtotalMinor': (doc) => (doc.rounding.subtotalMinor = '3387'),
    'rounding.exactMinor': (doc) => (doc.rounding.exactMinor.numerator += '0'),
    'lines[0].amountMinor': (doc) => (doc.lines[0].amountMinor = '3387'),
    'lines[0].exactMinor': (doc) => (doc.lines[0].unitAmount = '50.00'),
    'lines[0].floorMinor': (doc) => (doc.lines[0].floorMinor = '3387'),
    'lines[0].remainder': (doc) => (doc.lines[0].remainder.numerator = '1'),
    'lines[0].share.part': (doc) => (doc.lines[0].share.part = '20'),
    'lines[0].share.whole': (doc) => (doc.lines[0].share.wholeEnd = '2026-03-02T00:00:00.000Z'),
    'lines[0].share': (doc) => (doc.lines[0].periodStart = '2026-01-01T00:00:00.000Z'),
    'due.issuedOn': (doc) => (doc.due.issuedOn = '2026-02-12'),
    'due.dueOn': (doc) => (doc.due.termsDays += 1),
    'the year in the number': (doc) => (doc.number = 'INV-2025-000001'),
    'taxes[0].taxMinor': (doc) =>
      doc.taxes.push({
        code: 'VAT',
        rate: { numerator: '4', denominator: '25' },
        baseMinor: '3214',
        taxMinor: '515',
      }),
  }
  assert.deepEqual(verifyInvoice(document).faults, [])
  for (const [name, plant] of Object.entries(damage)) {
    const copy = structuredClone(document)
    plant(copy)
    const { faults } = verifyInvoice(copy)
    assert.ok(
      faults.some((fault) => fault.startsWith(`${name} is `)),
      `${name}: ${faults.join(' · ')}`,
    )
  }
  for (const broken of [null, [], {}, { ...document, lines: 1 }, { ...document, issuedAt: 'soon' }])
    assert.throws(() => verifyInvoice(broken), DocumentFault)
})

test('lines of any price, quantity and share: the verifier rounds them as core does, and sees one unit moved', () => {
  const anyLine = fc.record({
    price: fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }),
    quantity: fc.integer({ min: 1, max: 1000 }),
    part: fc.integer({ min: 1, max: 31 }),
  })
  fc.assert(
    fc.property(fc.array(anyLine, { minLength: 1, maxLength: 9 }), fc.nat(), (lines, place) => {
      const priced = lines.map(({ price, quantity, part }) => ({
        unitAmount: `${price}.5`,
        exact: multiply(
          multiply(fromDecimal(`${price}.5`), ratio(BigInt(quantity))),
          ratio(BigInt(part), 31n),
        ),
        quantity,
        part,
      }))
      const { lineMinor, subtotalMinor } = roundLines(priced.map(({ exact }) => ({ amount: exact })))
      const shown = ({ numerator, denominator }: { numerator: bigint; denominator: bigint }) => ({
        numerator: String(numerator),
        denominator: String(denominator),
      })
      const sum = priced.reduce(
        (total, { exact }) => total + (exact.numerator * (31n * 2n)) / exact.denominator,
        0n,
      )
      const document = {
        version: 1,
        number: 'INV-2026-000001',
        currency: 'UGX',
        decimals: 0,
        issuedAt: '2026-01-01T00:00:00Z',
        due: { zone: 'UTC', issuedOn: '2026-01-01', termsDays: 0, dueOn: '2026-01-01' },
        lines: priced.map(({ unitAmount, exact, quantity, part }, index) => {
          const down =
            exact.numerator >= 0n || exact.numerator % exact.denominator === 0n
              ? exact.numerator / exact.denominator
              : exact.numerator / exact.denominator - 1n
          return {
            unitAmount,
            quantity: String(quantity),
            periodStart: '2026-01-01T00:00:00Z',
            periodEnd: `2026-01-${String(part).padStart(2, '0')}T12:00:00Z`,
            share: {
              zone: 'UTC',
              unit: 'DAY',
              part: String(part),
              whole: '31',
              wholeStart: '2026-01-01T00:00:00Z',
              wholeEnd: '2026-02-01T00:00:00Z',
            },
            exactMinor: shown(exact),
            floorMinor: String(down),
            remainder: shown({
              numerator: exact.numerator - down * exact.denominator,
              denominator: exact.denominator,
            }),
            amountMinor: String(lineMinor[index]),
            discountMinor: '0',
          }
        }),
        rounding: {
          exactMinor: shown({ numerator: sum, denominator: 62n }),
          subtotalMinor: String(subtotalMinor),
        },
        taxes: [],
        discountMinor: '0',
        taxMinor: '0',
        totalMinor: String(subtotalMinor),
      }
      assert.deepEqual(verifyInvoice(document).faults, [])
      const moved = structuredClone(document)
      const one = moved.lines[place % moved.lines.length]
      assert.ok(one)
      one.amountMinor = String(BigInt(one.amountMinor) + 1n)
      assert.equal(verifyInvoice(moved).faults.length, 1)
    }),
    { numRuns: 500 },
  )
})

test('novabilling verify-invoice says whether every figure follows, and ends with 1 when one does not', async () => {
  const { document } = await explained(live, await subscribe(live))
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
    const right = await run()
    assert.equal(right.code, 0)
    assert.equal(right.text, `${document.number} comes to 4999 minor units of KES: every figure follows.\n`)
    await writeFile(file, JSON.stringify({ ...document, totalMinor: '4998' }))
    const wrong = await run()
    assert.equal(wrong.code, 1)
    assert.match(wrong.text, /WRONG {2}totalMinor is 4998 and should be 4999/)
    await writeFile(file, 'no json')
    assert.equal((await run()).code, 1)
  } finally {
    await rm(folder, { recursive: true })
  }
})
