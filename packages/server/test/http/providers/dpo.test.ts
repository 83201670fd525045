import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { call } from '../../harness.ts'
import { collect, get } from '../../payment-story.ts'
import { choose, dueBy, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator
const subject = subjects.find(({ name }) => name === 'DPO')
assert.ok(subject)
const dpo = subject

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
})

async function later(): Promise<void> {
  server.clock.advance({ hours: 1 })
  await work(stage)
}

/** The transaction tokens that DPO has given out for one of our references. */
function tokensOf(reference: string): { result: string }[] {
  const all = world.store<{ ref: string; result: string }>('dpo.transactions').values()
  return [...all].filter(({ ref }) => ref === reference)
}

const paidPush = (reference: string, token: string): string =>
  `<?xml version="1.0"?><API3G><Result>000</Result><TransactionToken>${token}</TransactionToken><CompanyRef>${reference}</CompanyRef></API3G>`

test('DPO: a stranger who says that a page was paid has it asked about, and nothing more', async () => {
  const { as, account } = await withAccount(stage, dpo)
  const { as: other } = await withAccount(stage, dpo)
  const paid = await onPage(other, dpo)
  await choose(stage, paid.session.url, 'succeed')
  const { session, invoice } = await onPage(as, dpo)
  // Of the same amount, and really paid, but by somebody else.
  const stolen = world.store<{ ref: string; token: string }>('dpo.transactions').values()
  const token = [...stolen].find(({ ref }) => ref === paid.session.id)?.token ?? ''
  const answer = await call(server, 'POST', `/webhooks/dpo/${account.id}`, {
    raw: paidPush(session.id, token),
    headers: { 'content-type': 'text/xml' },
  })
  assert.deepEqual([answer.status, answer.text], [200, 'OK'])
  await work(stage)
  assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'OPEN')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
})

test('DPO: a charge whose answer was lost does not take the token of a stranger for its own', async () => {
  const { as, account } = await withAccount(stage, dpo)
  const { as: other } = await withAccount(stage, dpo)
  const paid = await onPage(other, dpo)
  await choose(stage, paid.session.url, 'succeed')
  const stolen = world.store<{ ref: string; token: string }>('dpo.transactions').values()
  const token = [...stolen].find(({ ref }) => ref === paid.session.id)?.token ?? ''
  const { payment } = await dueBy(as, dpo, 'SIMINSUFFICIENT')
  world.faults.push({ provider: 'DPO', kind: 'drop_after', path: '/API/v6/createToken' })
  await collect(server)
  await call(server, 'POST', `/webhooks/dpo/${account.id}`, { raw: paidPush(payment.id, token) })
  await later()
  await later()
  const after = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([after.status, after.failureCode], ['FAILED', 'insufficient_funds'])
})

const bombs = {
  'entities of entities': `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(100)}"><!ENTITY b "${'&a;'.repeat(100)}">]><API3G><CompanyRef>${'&b;'.repeat(100)}</CompanyRef></API3G>`,
  'a file':
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><API3G><CompanyRef>&f;</CompanyRef></API3G>',
  depth: '<a>'.repeat(50_000),
  'no XML': 'Result=000',
}
for (const [name, raw] of Object.entries(bombs)) {
  test(`DPO: XML that no honest sender writes is refused at once: ${name}`, async () => {
    const { as, account } = await withAccount(stage, dpo)
    const before = performance.now()
    const answer = await call(server, 'POST', `/webhooks/dpo/${account.id}`, { raw })
    assert.deepEqual([answer.status, answer.body.code], [400, 'webhook_not_verified'])
    assert.ok(performance.now() - before < 2000)
    assert.equal((await get(as, `/payment-providers/${account.id}`)).webhook.refused, 1)
  })
}

for (const [kind, path] of [
  ['drop_after', 'createToken'],
  ['drop_before', 'createToken'],
  ['drop_before', 'chargeTokenRecurrent'],
  ['drop_after', 'chargeTokenRecurrent'],
  ['drop_after', 'verifyToken'],
  ['error', 'verifyToken'],
] as const) {
  test(`DPO: ${kind} at ${path}: the card is charged once`, async () => {
    const { as } = await withAccount(stage, dpo)
    world.delivery = 'never'
    const { payment } = await dueBy(as, dpo, 'SIMSUCCEEDS')
    world.faults.push({ provider: 'DPO', kind, path: `/API/v6/${path}` })
    await collect(server)
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
    await later()
    await later()
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
    assert.deepEqual(moved(stage, payment.id), [['180000.00', 'UGX']])
    const used = tokensOf(payment.id)
    assert.equal(used.filter(({ result }) => result === '000').length, 1)
    // Once a charge may have been sent, no other token is made for it.
    if (path !== 'createToken') assert.equal(used.length, 1)
  })
}

test('DPO: what it suspects to be a fraud waits for somebody to look at it, and is neither paid nor failed', async () => {
  const { as } = await withAccount(stage, dpo)
  const { payment, invoice } = await dueBy(as, dpo, 'SIMFRAUD')
  await work(stage)
  await later()
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
  const [made] = tokensOf(payment.id) as { result: string; fraud?: string }[]
  assert.ok(made)
  made.fraud = '000'
  await later()
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
})

async function paidPage() {
  const { as } = await withAccount(stage, dpo)
  const { session } = await onPage(as, dpo)
  await choose(stage, session.url, 'succeed')
  await work(stage)
  return { as, paymentId: (await get(as, `/checkout-sessions/${session.id}`)).paymentId }
}

test('DPO: a refund of everything whose answer is lost is sent again, and goes back once', async () => {
  for (const kind of ['drop_after', 'drop_before'] as const) {
    const { as, paymentId } = await paidPage()
    world.faults.push({ provider: 'DPO', kind, path: '/API/v6/refundToken' })
    await as('POST', `/payments/${paymentId}/refund`, {})
    assert.equal((await get(as, `/payments/${paymentId}`)).refunds[0].status, 'PENDING')
    await later()
    await later()
    const after = await get(as, `/payments/${paymentId}`)
    assert.deepEqual([after.status, after.refundedAmount], ['REFUNDED', 180000])
    assert.equal(moved(stage, after.refunds[0].id, 'refund').length, 1)
  }
})

test('DPO: a refund of a part whose answer is lost is never sent again, since nobody can tell how it ended', async () => {
  const { as, paymentId } = await paidPage()
  world.faults.push({ provider: 'DPO', kind: 'drop_after', path: '/API/v6/refundToken' })
  await as('POST', `/payments/${paymentId}/refund`, { amount: 1000 })
  for (let hour = 0; hour < 30; hour++) await later()
  const after = await get(as, `/payments/${paymentId}`)
  assert.equal(after.refunds[0].status, 'PENDING')
  assert.equal(moved(stage, after.refunds[0].id, 'refund').length, 1)
})
