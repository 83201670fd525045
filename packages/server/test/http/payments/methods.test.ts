import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { get, newMethod, payingCustomer, rows, stored } from '../../payment-story.ts'

const server = await startServer()

test('the first payment method is the default, and there is never more than one', async () => {
  const { test: as } = await newTenant(server)
  const { customer, method: first } = await payingCustomer(as)
  assert.equal(first.isDefault, true)
  const second = await newMethod(as, customer.id)
  assert.equal(second.isDefault, false)
  const third = await newMethod(as, customer.id, 'sandbox_succeeds', {
    isDefault: true,
    type: 'MOBILE_MONEY',
    phone: '+254700000000',
  })
  assert.equal(third.isDefault, true)
  const changed = await as('PATCH', `/payment-methods/${second.id}`, { isDefault: true })
  assert.deepEqual([changed.status, changed.body.isDefault], [200, true])
  const list = await get(as, `/payment-methods?customerId=${customer.id}`)
  assert.deepEqual(
    list.data.map((one: { id: string; isDefault: boolean }) => [one.id, one.isDefault]),
    [
      [third.id, false],
      [second.id, true],
      [first.id, false],
    ],
  )
  assert.deepEqual(await get(as, `/customers/${customer.id}/payment-methods`), list)
})

test('when the default is removed, the newest other method takes its place', async () => {
  const { test: as } = await newTenant(server)
  const { customer, method: first } = await payingCustomer(as)
  const second = await newMethod(as, customer.id)
  const third = await newMethod(as, customer.id)
  assert.equal((await as('DELETE', `/payment-methods/${first.id}`)).status, 204)
  assert.equal((await as('DELETE', `/payment-methods/${first.id}`)).status, 404)
  assert.equal((await as('GET', `/payment-methods/${first.id}`)).status, 404)
  assert.equal((await get(as, `/payment-methods/${third.id}`)).isDefault, true)
  assert.equal((await get(as, `/payment-methods/${second.id}`)).isDefault, false)
})

test('eight first methods at once leave one default', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as)
  await Promise.all(
    Array.from({ length: 8 }, () => newMethod(as, customer.id, 'sandbox_succeeds', { isDefault: true })),
  )
  const { data } = await get(as, `/payment-methods?customerId=${customer.id}`)
  assert.equal(data.filter((one: { isDefault: boolean }) => one.isDefault).length, 1)
})

test('a token is sealed in the database and never comes back', async () => {
  const { test: as } = await newTenant(server)
  const { method } = await payingCustomer(as, 'sandbox_insufficient_funds')
  assert.equal(
    JSON.stringify(await get(as, `/payment-methods/${method.id}`)).includes('sandbox_insufficient'),
    false,
  )
  const [row] = await rows(
    server,
    `select encode(token_sealed, 'escape') as sealed from payment_methods where id = $1`,
    [stored(method.id)],
  )
  assert.equal(String(row?.['sealed']).includes('insufficient'), false)
})

test('an unknown token is told the ones that there are, together with every other fault', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as)
  const { status, body } = await as('POST', '/payment-methods', {
    customerId: customer.id,
    provider: 'SANDBOX',
    token: 'tok_visa',
    expMonth: 4,
  })
  assert.equal(status, 400)
  assert.deepEqual(body.errors, [
    {
      path: 'token',
      message:
        "must be one of the sandbox's tokens: sandbox_succeeds, sandbox_declined, sandbox_insufficient_funds, sandbox_timeout, sandbox_timeout_not_executed, sandbox_pending",
    },
    { path: 'expYear', message: 'goes with expMonth' },
  ])
})

test('the sandbox is not available in a live environment', async () => {
  const { live: as } = await newTenant(server)
  const customer = await newCustomer(as)
  const { status, body } = await as('POST', '/payment-methods', {
    customerId: customer.id,
    provider: 'SANDBOX',
    token: 'sandbox_succeeds',
  })
  assert.deepEqual([status, body.code], [409, 'provider_not_available'])
})

test("another tenant's customer and methods are 404, the same as none", async () => {
  const { test: as } = await newTenant(server)
  const { test: stranger } = await newTenant(server)
  const { customer, method } = await payingCustomer(as)
  const created = await stranger('POST', '/payment-methods', {
    customerId: customer.id,
    provider: 'SANDBOX',
    token: 'sandbox_succeeds',
  })
  assert.deepEqual([created.status, created.body.code], [404, 'customer_not_found'])
  for (const verb of ['GET', 'DELETE'] as const) {
    const foreign = await stranger(verb, `/payment-methods/${method.id}`)
    const unknown = await stranger(verb, '/payment-methods/pm_00000000000000000000000000')
    assert.deepEqual([foreign.status, foreign.text], [404, unknown.text])
  }
  assert.equal((await stranger('PATCH', `/payment-methods/${method.id}`, { isDefault: false })).status, 404)
  assert.equal((await stranger('GET', `/payment-methods?customerId=${customer.id}`)).status, 404)
  assert.equal((await get(as, `/payment-methods/${method.id}`)).isDefault, true)
})
