import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { call } from '../../harness.ts'
import { collect, get } from '../../payment-story.ts'
import { choose, dueBy, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator
const subject = subjects.find(({ name }) => name === 'PAYU')
assert.ok(subject)
const payu = subject

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
})

async function later(): Promise<void> {
  server.clock.advance({ hours: 1 })
  await work(stage)
}

const transactions = () => [
  ...world.store<{ reference: string; state: string; noticeUrl: string }>('payu.transactions').values(),
]

test('PayU: a notice without the proof of its address, with the proof of another, or with a document type is refused and seen', async () => {
  const { as, account } = await withAccount(stage, payu)
  const { session, invoice } = await onPage(as, payu)
  const { session: another } = await onPage(as, payu)
  const proof = new URL(
    transactions().find(({ reference }) => reference === another.id)?.noticeUrl ?? '',
  ).searchParams.get('proof')
  const own = new URL(transactions().find(({ reference }) => reference === session.id)?.noticeUrl ?? '')
    .search
  const honest = `<PaymentNotification><MerchantReference>${session.id}</MerchantReference><TransactionState>SUCCESSFUL</TransactionState></PaymentNotification>`
  const bomb = `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(1000)}">]><PaymentNotification>${'&a;'.repeat(1000)}</PaymentNotification>`
  for (const [search, raw] of [
    ['', honest],
    [`?reference=${session.id}&proof=${proof}`, honest],
    [own, bomb],
    [own, 'no XML'],
  ] as const) {
    const answer = await call(server, 'POST', `/webhooks/payu/${account.id}${search}`, { raw })
    assert.deepEqual([answer.status, answer.body.code], [400, 'webhook_not_verified'])
  }
  assert.equal((await get(as, `/payment-providers/${account.id}`)).webhook.refused, 4)
  assert.equal(
    (await call(server, 'POST', `/webhooks/payu/${account.id}${own}`, { raw: honest })).status,
    200,
  )
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING', 'it was only said to be paid')
})

test('PayU: each of its credentials is told apart', async () => {
  const { as, account, credentials } = await withAccount(stage, payu)
  for (const [change, field] of [
    [{ soapPassword: 'wrong' }, /soapPassword/],
    [{ safeKey: '{11111111-0000-4000-8000-000000000000}' }, /safeKey/],
  ] as const) {
    await as('PATCH', `/payment-providers/${account.id}`, { credentials: { ...credentials, ...change } })
    const probe = await as('POST', `/payment-providers/${account.id}/test`, {})
    assert.equal(probe.body.success, false)
    assert.match(probe.body.message, field)
  }
})

for (const [kind, path] of [
  ['drop_before', 'doTransaction'],
  ['drop_after', 'doTransaction'],
  ['error', 'doTransaction'],
  ['drop_after', 'getTransaction'],
  ['error', 'getTransaction'],
  ['busy', 'getTransaction'],
] as const) {
  test(`PayU: ${kind} at ${path}: the card is charged once`, async () => {
    const { as } = await withAccount(stage, payu)
    world.delivery = 'never'
    const { payment } = await dueBy(as, payu, 'SIMSUCCEEDS')
    world.faults.push({ provider: 'PAYU', kind, path: `/service/PayUAPI/${path}` })
    await collect(server)
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
    await later()
    await later()
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
    assert.deepEqual(moved(stage, payment.id), [['349990', 'ZAR']])
    assert.equal(transactions().filter(({ reference }) => reference === payment.id).length, 1)
  })
}

test('PayU: a charge that it has not finished is asked about until it has', async () => {
  const { as } = await withAccount(stage, payu)
  const { payment } = await dueBy(as, payu, 'SIMPENDING')
  await work(stage)
  await later()
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  const made = transactions().find(({ reference }) => reference === payment.id)
  assert.ok(made)
  made.state = 'SUCCESSFUL'
  await later()
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
})

test('PayU: what it declines for its amount leaves the invoice open', async () => {
  const { as } = await withAccount(stage, payu)
  const { session, invoice } = await onPage(as, { ...payu, price: 5_000_000.01 })
  await choose(stage, session.url, 'succeed')
  await work(stage)
  assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'FAILED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
})

test('PayU: the card that is kept from a page has its end and its last digits', async () => {
  const { as } = await withAccount(stage, payu)
  const { customer, session } = await onPage(as, payu)
  await choose(stage, session.url, 'succeed')
  await work(stage)
  const [method] = (await get(as, `/customers/${customer.id}/payment-methods`)).data
  assert.deepEqual(
    [method.brand, method.last4, method.expMonth, method.expYear],
    ['mastercard', '1234', 9, 2032],
  )
})
