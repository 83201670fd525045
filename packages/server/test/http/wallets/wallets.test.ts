import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId } from '../../../src/ids.ts'
import { walletLoop } from '../../../src/slices/topping-up/index.ts'
import { asOwner, invoicesOf, newCustomer } from '../../billing-story.ts'
import { creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, startLife } from '../../life-story.ts'
import { collect, eventsOf, get, newMethod, rows, stored } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

const item = (unitAmount: number) => ({ description: 'Advice', quantity: 1, unitAmount })

async function serve(): Promise<void> {
  while (await walletLoop.tick(server.deps));
}

async function newWallet(as: Caller, customerId: string, body: object = {}) {
  const { wallet, invoiceId } = await act(as, '/wallets', { customerId, currency: 'KES', ...body }, 201)
  return { ...wallet, invoiceId }
}

const bill = (as: Caller, customerId: string, amount: number) =>
  act(as, '/invoices', { customerId, items: [item(amount)], autoFinalize: true }, 201)

const balanceOf = async (as: Caller, { id }: { id: string }): Promise<number> =>
  (await get(as, `/wallets/${id}`)).balance

const movesOf = async (as: Caller, { id }: { id: string }) =>
  (await get(as, `/wallets/${id}/transactions?limit=100`)).data
    .map(({ type, credits }: { type: string; credits: number }) => [type, credits])
    .toReversed()

/** What is on an account, in minor units, its own side above zero. */
async function account(as: Caller, name: string): Promise<number> {
  const { accounts } = await get(as, '/ledger/accounts')
  return accounts.find((one: { account: string }) => one.account === name)?.balance ?? 0
}

test('credits given away pay for invoices before the payment method is asked, and are a cost', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { grantedCredits: 39, creditRate: 2, name: 'Welcome' })
  assert.deepEqual(
    [wallet.balance, wallet.balanceAmount, wallet.status, wallet.priority],
    [39, 78, 'ACTIVE', 50],
  )
  assert.match(wallet.id, /^wal_/)
  const first = await bill(as, customerId, 50)
  assert.deepEqual([first.status, first.amountCredited, first.amountDue], ['PAID', 50, 0])
  const second = await bill(as, customerId, 50)
  assert.deepEqual([second.status, second.amountCredited, second.amountDue], ['PENDING', 28, 22])
  assert.equal(await balanceOf(as, wallet), 0)
  assert.deepEqual(await movesOf(as, wallet), [
    ['TOP_UP', 39],
    ['SPENT', -25],
    ['SPENT', -14],
  ])
  assert.deepEqual([await account(as, 'promotions'), await account(as, 'wallet_credit')], [78, 0])
  assert.deepEqual(await eventsOf(server, wallet), [
    'wallet.created',
    'wallet.updated',
    'wallet.updated',
    'wallet.depleted',
  ])
  assert.deepEqual((await get(as, `/customers/${customerId}/wallets`)).data[0].id, wallet.id)
  await everythingHolds(server)
})

test('bought credits are there when their invoice is paid, not before, and are owed until they are spent', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true }, 201)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { paidCredits: 100 })
  const topUp = await get(as, `/invoices/${wallet.invoiceId}`)
  // What the credits pay for later is taxed then, and not their sale.
  assert.deepEqual([topUp.total, topUp.taxAmount, topUp.status, wallet.balance], [100, 0, 'PENDING', 0])
  assert.equal((await bill(as, customerId, 10)).amountDue, 11.6)
  refused(await as('POST', `/invoices/${topUp.id}/mark-uncollectible`), 'invoice_not_open')
  refused(
    await as('POST', '/credit-notes', { invoiceId: topUp.id, amount: 1, reason: 'OTHER' }),
    'invoice_not_creditable',
  )
  await act(as, `/invoices/${topUp.id}/mark-paid`, {})
  assert.equal(await balanceOf(as, wallet), 100)
  assert.equal(await account(as, 'wallet_credit'), 100)
  const paid = await bill(as, customerId, 50)
  assert.deepEqual([paid.status, paid.taxAmount, await balanceOf(as, wallet)], ['PAID', 8, 42])
  assert.deepEqual([await account(as, 'wallet_credit'), await account(as, 'revenue')], [42, 60])
  const [move] = (await get(as, `/wallets/${wallet.id}/transactions`)).data
  assert.deepEqual([move.type, move.amount, move.isPaid, move.invoiceId], ['SPENT', -58, true, paid.id])
  await everythingHolds(server)
})

test('a top-up that is voided brings nothing, and one that the balance pays is there at once', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { paidCredits: 30 })
  await act(as, `/invoices/${wallet.invoiceId}/void`)
  assert.deepEqual([await balanceOf(as, wallet), await account(as, 'wallet_credit')], [0, 0])
  const invoice = await bill(as, customerId, 50)
  await act(as, `/invoices/${invoice.id}/mark-paid`, {})
  await creditNote(as, { invoiceId: invoice.id, amount: 50 })
  const { wallet: filled, invoiceId } = await act(
    as,
    '/wallets/transactions',
    { walletId: wallet.id, paidCredits: 20 },
    201,
  )
  assert.deepEqual([filled.balance, (await get(as, `/invoices/${invoiceId}`)).status], [20, 'PAID'])
  await everythingHolds(server)
})

test('credits are spent by priority, then earliest expiry, then given before bought, then the oldest (H04)', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-02-01T00:00:00Z')
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const last = await newWallet(as, customerId, {
    priority: 60,
    grantedCredits: 10,
    expirationAt: '2026-02-02T00:00:00Z',
  })
  const never = await newWallet(as, customerId, { paidCredits: 10 })
  await act(as, `/invoices/${never.invoiceId}/mark-paid`, {})
  await act(as, '/wallets/transactions', { walletId: never.id, grantedCredits: 10 }, 201)
  const soon = await newWallet(as, customerId, { grantedCredits: 10, expirationAt: '2026-03-01T00:00:00Z' })
  const first = await newWallet(as, customerId, { priority: 1, grantedCredits: 10 })
  const dollars = await newWallet(as, customerId, { currency: 'USD', priority: 0, grantedCredits: 10 })
  const left = async () => Promise.all([first, soon, never, last].map((wallet) => balanceOf(as, wallet)))
  const seen: number[][] = []
  for (const amount of [10, 10, 10, 10, 4]) {
    await bill(as, customerId, amount)
    seen.push(await left())
  }
  assert.deepEqual(seen, [
    [0, 10, 20, 10],
    [0, 0, 20, 10],
    [0, 0, 10, 10],
    [0, 0, 0, 10],
    [0, 0, 0, 6],
  ])
  const bought = (await get(as, `/wallets/${never.id}/transactions`)).data
    .filter(({ type }: { type: string }) => type === 'SPENT')
    .map(({ isPaid }: { isPaid: boolean }) => isPaid)
  assert.deepEqual(bought, [true, false])
  assert.equal(await balanceOf(as, dollars), 10)
  await everythingHolds(server)
})

test('credits expire at their instant, with an entry of that moment; what has expired pays for nothing', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-03-01T00:00:00Z')
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, {
    grantedCredits: 25,
    paidCredits: 10,
    expirationAt: '2026-03-31T12:00:00Z',
  })
  await act(as, `/invoices/${wallet.invoiceId}/mark-paid`, {})
  await bill(as, customerId, 5)
  server.clock.set('2026-03-31T12:00:00Z')
  // The loop has not run yet.
  assert.equal((await bill(as, customerId, 3)).amountDue, 3)
  server.clock.set('2026-04-02T00:00:00Z')
  await serve()
  assert.deepEqual(await movesOf(as, wallet), [
    ['TOP_UP', 25],
    ['TOP_UP', 10],
    ['SPENT', -5],
    ['EXPIRED', -20],
    ['EXPIRED', -10],
  ])
  const [expired] = (await get(as, `/wallets/${wallet.id}/transactions`)).data
  assert.equal(expired.createdAt, '2026-03-31T12:00:00.000Z')
  // What was given away costs only what was spent of it; what was paid for and not spent is earned.
  assert.deepEqual(
    [await account(as, 'promotions'), await account(as, 'revenue'), await account(as, 'wallet_credit')],
    [5, 18, 0],
  )
  const entries = await rows(
    server,
    `select distinct occurred_at from ledger_entries e join wallet_transactions t on t.id = e.document_id
     where t.wallet_id = $1 and t.type = 'EXPIRED'`,
    [stored(wallet.id)],
  )
  assert.equal(entries.length, 1)
  await everythingHolds(server)
})

test('sixteen who spend at once never spend more than there is, and the balance is the sum of its transactions', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { grantedCredits: 600 })
  const invoices = await Promise.all(Array.from({ length: 16 }, () => bill(as, customerId, 100)))
  const paid = invoices.filter(({ status }) => status === 'PAID')
  assert.equal(paid.length, 6)
  assert.equal(
    invoices.reduce((sum, { amountCredited }) => sum + amountCredited, 0),
    600,
  )
  assert.equal(await balanceOf(as, wallet), 0)
  // And of those who take away by hand, as many as there is for (H05).
  await act(as, '/wallets/transactions', { walletId: wallet.id, grantedCredits: 600 }, 201)
  const takes = await Promise.all(
    Array.from({ length: 5 }, () =>
      as('POST', '/wallets/transactions', { walletId: wallet.id, voidedCredits: 500 }),
    ),
  )
  assert.equal(takes.filter(({ status }) => status === 201).length, 1)
  for (const answer of takes.filter(({ status }) => status !== 201)) refused(answer, 'wallet_too_little')
  const sum = (await movesOf(as, wallet)).reduce(
    (total: number, [, credits]: [string, number]) => total + credits,
    0,
  )
  assert.deepEqual([sum, await balanceOf(as, wallet)], [100, 100])
  await everythingHolds(server)
})

test('credits pay for a renewal with its tax, after the balance; a void gives them back', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-05-01T00:00:00Z')
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 24, appliedByDefault: true }, 201)
  const subscription = await startLife(as, 1429)
  const [first] = await invoicesOf(as, subscription.id)
  await act(as, `/invoices/${first.id}/mark-paid`, {})
  await creditNote(as, { invoiceId: first.id, amount: 5 })
  const wallet = await newWallet(as, subscription.customerId, { grantedCredits: 39 })
  await moveTo(server, '2026-06-01T00:00:00Z')
  const [, next] = await invoicesOf(as, subscription.id)
  // 14.29 and 24 % of it, 3.43; 5.00 of it by the balance (H01).
  assert.deepEqual([next.total, next.status, await balanceOf(as, wallet)], [17.72, 'PAID', 26.28])
  await moveTo(server, '2026-07-01T00:00:00Z')
  await moveTo(server, '2026-08-01T00:00:00Z')
  const [, , , open] = await invoicesOf(as, subscription.id)
  assert.deepEqual([open.status, open.amountCredited, await balanceOf(as, wallet)], ['PENDING', 8.56, 0])
  await act(as, `/invoices/${open.id}/void`)
  assert.equal(await balanceOf(as, wallet), 8.56)
  assert.equal((await get(as, `/customers/${subscription.customerId}`)).balance, 0)
  await everythingHolds(server)
})

test('a wallet below its threshold buys credits by itself, once, and they come when they are paid', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  await newMethod(as, customerId, 'sandbox_succeeds')
  const wallet = await newWallet(as, customerId, {
    grantedCredits: 20,
    topUpRule: { threshold: 10, credits: 50 },
  })
  await bill(as, customerId, 5)
  await serve()
  assert.equal(await balanceOf(as, wallet), 15)
  await bill(as, customerId, 6)
  await bill(as, customerId, 1)
  await serve()
  await serve()
  const open = (await get(as, `/invoices?customerId=${customerId}&status=PENDING`)).data
  assert.deepEqual(
    open.map(({ total }: { total: number }) => total),
    [50],
  )
  assert.equal(await balanceOf(as, wallet), 8)
  await collect(server)
  assert.equal(await balanceOf(as, wallet), 58)
  await serve()
  assert.equal((await get(as, `/invoices?customerId=${customerId}`)).meta.total, 4)
  const { body: changed } = await as('PATCH', `/wallets/${wallet.id}`, {
    topUpRule: null,
    name: 'Other',
    priority: 3,
  })
  assert.deepEqual([changed.topUpRule, changed.name, changed.priority], [null, 'Other', 3])
  await everythingHolds(server)
})

test('a wallet buys nothing more by itself while what was bought awaits its payment, whatever becomes of its rule', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const topUpRule = { threshold: 10, credits: 50 }
  const wallet = await newWallet(as, customerId, { grantedCredits: 20, topUpRule })
  await bill(as, customerId, 15)
  await serve()
  await as('PATCH', `/wallets/${wallet.id}`, { topUpRule })
  await serve()
  // Taken below the threshold and sold some by one request.
  const other = await newWallet(as, customerId, { grantedCredits: 20, topUpRule })
  await act(as, '/wallets/transactions', { walletId: other.id, voidedCredits: 15, paidCredits: 30 }, 201)
  await serve()
  const open = (await get(as, `/invoices?customerId=${customerId}&status=PENDING`)).data
  assert.deepEqual(
    open.map(({ total }: { total: number }) => total),
    [30, 50],
  )
  // Taken below the threshold, and filled by hand before anything looked.
  const filled = await newWallet(as, customerId, { grantedCredits: 20, topUpRule })
  await act(as, '/wallets/transactions', { walletId: filled.id, voidedCredits: 15 }, 201)
  await act(as, '/wallets/transactions', { walletId: filled.id, grantedCredits: 15 }, 201)
  await serve()
  assert.equal((await get(as, `/invoices?customerId=${customerId}&status=PENDING`)).meta.total, 2)
  // Nothing is sold to who is gone, nor tried again.
  const { id: gone } = await newCustomer(as, { currency: 'KES' })
  const theirs = await newWallet(as, gone, { grantedCredits: 20, topUpRule })
  await act(as, '/wallets/transactions', { walletId: theirs.id, voidedCredits: 15 }, 201)
  assert.equal((await as('DELETE', `/customers/${gone}`)).status, 204)
  await serve()
  const due = await rows(server, 'select top_up_due_at from wallets where id = $1', [
    parseId('wallet', theirs.id),
  ])
  assert.deepEqual(due, [{ top_up_due_at: null }])
})

test('a wallet that is made empty with a rule fills at once; one that is given or sold enough does not', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const topUpRule = { threshold: 10, credits: 50 }
  await newWallet(as, customerId, { topUpRule })
  await newWallet(as, customerId, { topUpRule, grantedCredits: 10 })
  await newWallet(as, customerId, { topUpRule, paidCredits: 5 })
  await newWallet(as, customerId, { topUpRule: { threshold: 0, credits: 70 } })
  await serve()
  await serve()
  const open = (await get(as, `/invoices?customerId=${customerId}&status=PENDING`)).data
  assert.deepEqual(
    open.map(({ total }: { total: number }) => total).toSorted((a: number, b: number) => a - b),
    [5, 50],
  )
})

test('on a test clock credits expire and wallets fill at the very instant', async () => {
  const { test: as, session } = await newTenant(server)
  const environments = (await session('GET', '/tenants/me/environments')).body.data
  const { id: environment } = environments.find(({ kind }: { kind: string }) => kind === 'TEST')
  const clock = (body: object) => act(session, `/tenants/me/environments/${environment}/clock`, body)
  await clock({ now: '2026-01-01T00:00:00Z' })
  const subscription = await startLife(as, 1000)
  await newMethod(as, subscription.customerId, 'sandbox_succeeds')
  const wallet = await newWallet(as, subscription.customerId, {
    grantedCredits: 15,
    expirationAt: '2026-03-15T00:00:00Z',
    topUpRule: { threshold: 8, credits: 25 },
  })
  assert.equal((await clock({ now: '2026-04-02T00:00:00Z' })).clock.status, 'IDLE')
  const all = (await get(as, `/wallets/${wallet.id}/transactions?limit=100`)).data
    .map(({ type, credits, createdAt }: { type: string; credits: number; createdAt: string }) => [
      type,
      credits,
      createdAt.slice(0, 10),
    ])
    .toReversed()
  // What was spent on 1 February left 5; that was below 8, so 25 were bought. All of it expires in March, and the rule
  // buys nothing more that would.
  assert.deepEqual(all, [
    ['TOP_UP', 15, '2026-01-01'],
    ['SPENT', -10, '2026-02-01'],
    ['TOP_UP', 25, '2026-02-01'],
    ['SPENT', -5, '2026-03-01'],
    ['SPENT', -5, '2026-03-01'],
    ['EXPIRED', -20, '2026-03-15'],
  ])
  refused(
    await as('POST', '/wallets/transactions', { walletId: wallet.id, paidCredits: 1 }),
    'wallet_expired',
  )
  await everythingHolds(server)
})

test('ending a wallet takes what is left in it, and what comes back later expires', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { grantedCredits: 30 })
  const invoice = await bill(as, customerId, 40)
  await act(as, '/wallets/transactions', { walletId: wallet.id, grantedCredits: 5 }, 201)
  assert.equal((await as('DELETE', `/wallets/${wallet.id}`)).status, 204)
  refused(await as('DELETE', `/wallets/${wallet.id}`), 'wallet_terminated')
  refused(
    await as('POST', '/wallets/transactions', { walletId: wallet.id, grantedCredits: 1 }),
    'wallet_terminated',
  )
  assert.equal((await eventsOf(server, wallet)).at(-1), 'wallet.terminated')
  await act(as, `/invoices/${invoice.id}/void`)
  await serve()
  assert.deepEqual([await balanceOf(as, wallet), await account(as, 'promotions')], [0, 0])
  await everythingHolds(server)
})

test('credits are rounded to the currency once, half up (H02), and what comes to nothing is refused', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const wallet = await newWallet(as, customerId, { grantedCredits: '17.9699999999999988631316' })
  assert.equal(wallet.balanceAmount, 17.97)
  const bad: [object, string[]][] = [
    [{ grantedCredits: 0.001 }, ['grantedCredits']],
    [{ paidCredits: '1e400', grantedCredits: '9999999999999999' }, ['paidCredits', 'grantedCredits']],
    [{ grantedCredits: 1, expirationAt: '2020-01-01T00:00:00Z' }, ['expirationAt']],
    [{ creditRate: 0.5, topUpRule: { threshold: 1, credits: '0.001' } }, ['topUpRule.credits']],
    [{ creditRate: '0' }, ['creditRate']],
    [
      { creditRate: '999999999999999', topUpRule: { threshold: '999999999999999', credits: '0.01' } },
      ['topUpRule.threshold'],
    ],
  ]
  for (const [body, paths] of bad) {
    const { status, body: answer } = await as('POST', '/wallets', { customerId, currency: 'KES', ...body })
    assert.equal(status, 400, JSON.stringify(body))
    assert.deepEqual(
      answer.errors.map(({ path }: { path: string }) => path),
      paths,
    )
  }
  refused(await as('POST', '/wallets/transactions', { walletId: wallet.id }), 'invalid_request', 400)
})

test('a wallet that cannot be topped up keeps no other from its time, and is tried again', async () => {
  const { test: as } = await newTenant(server)
  const rule = { grantedCredits: 20, topUpRule: { threshold: 10, credits: 50 } }
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const { id: otherId } = await newCustomer(as, { currency: 'KES' })
  const broken = await newWallet(as, customerId, rule)
  const sound = await newWallet(as, otherId, rule)
  const stored = parseId('wallet', broken.id)
  const sell = (credits: string) =>
    asOwner(server, 'update wallets set top_up_credits = $2 where id = $1', [stored, credits])
  await sell('9'.repeat(20))
  await bill(as, customerId, 15)
  await bill(as, otherId, 15)
  const toppedUp = async (id: string) => (await get(as, `/invoices?customerId=${id}`)).meta.total - 1
  await serve()
  assert.deepEqual([await toppedUp(customerId), await toppedUp(otherId)], [0, 1])
  await sell('50')
  await serve()
  assert.equal(await toppedUp(customerId), 0)
  server.clock.advance({ minutes: 5 })
  await serve()
  assert.deepEqual([await toppedUp(customerId), await toppedUp(otherId)], [1, 1])
  assert.equal(await balanceOf(as, sound), 5)
})
