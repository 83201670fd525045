import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import { newPlan, subscribe } from '../../billing-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

test('a plan comes back as it was made, with exact prices', async () => {
  const { live } = await newTenant(server)
  const made = await live('POST', '/plans', {
    name: 'Growth',
    code: 'growth',
    description: 'For the many',
    billingInterval: 'MONTHLY',
    intervalCount: 3,
    features: ['a, "b"', 'c\\d', '{e}'],
    prices: [
      { currency: 'UGX', amount: 180_000 },
      { currency: 'KES', amount: '49.99' },
    ],
    trialDays: 14,
    netPaymentTerms: 7,
    metadata: { tier: 2, vip: true },
  })
  assert.equal(made.status, 201, made.text)
  const { body } = await live('GET', `/plans/${made.body.id}`)
  assert.deepEqual(body, made.body)
  assert.deepEqual(body.features, ['a, "b"', 'c\\d', '{e}'])
  assert.deepEqual(
    body.prices
      .map(({ currency, amount }: { currency: string; amount: number }) => [currency, amount])
      .toSorted(),
    [
      ['KES', 49.99],
      ['UGX', 180_000],
    ],
  )
  assert.deepEqual([body.isActive, body.billingTiming, body.intervalCount], [true, 'IN_ADVANCE', 3])
})

test('every fault of a plan is told at once, and what it does not know is refused', async () => {
  const { live } = await newTenant(server)
  const paths = async (body: object): Promise<string[]> => {
    const answer = await live('POST', '/plans', { name: 'P', code: 'p', billingInterval: 'MONTHLY', ...body })
    assert.equal(answer.status, 400, answer.text)
    return answer.body.errors.map(({ path }: { path: string }) => path)
  }
  assert.deepEqual(
    await paths({
      prices: [
        { currency: 'UGX', amount: 1.5 },
        { currency: 'KES', amount: '1.001' },
        { currency: 'USD', amount: '-1' },
        { currency: 'UGX', amount: 2 },
      ],
    }),
    ['prices[0].amount', 'prices[1].amount', 'prices[2].amount', 'prices[3].currency'],
  )
  assert.deepEqual(await paths({ prices: [{ currency: 'USD', amount: -1 }] }), ['prices[0].amount'])
  assert.deepEqual(await paths({ billingTiming: 'LATER' }), ['billingTiming'])
  assert.deepEqual(await paths({ minimumCommitment: [{ currency: 'UGX', amount: -1 }] }), [
    'minimumCommitment[0].amount',
  ])
  assert.deepEqual(await paths({ maximumCommitment: [] }), ['maximumCommitment'])
  assert.deepEqual(await paths({ code: 'Nope!' }), ['code'])
})

test('a code is taken once in an environment, and free in another', async () => {
  const { live, test: sandbox } = await newTenant(server)
  await newPlan(live, { code: 'same' })
  const again = await live('POST', '/plans', { name: 'P', code: 'same', billingInterval: 'DAILY' })
  assert.deepEqual([again.status, again.body.code], [409, 'plan_code_taken'])
  await newPlan(sandbox, { code: 'same' })
})

test('plans are found by name and code, and by whether they are active', async () => {
  const { live } = await newTenant(server)
  const a = await newPlan(live, { name: 'Starter 100%', code: 'alpha' })
  const b = await newPlan(live, { name: 'Scale', code: 'beta' })
  await live('PATCH', `/plans/${b.id}`, { isActive: false })
  const ids = async (query: string): Promise<string[]> =>
    (await live('GET', `/plans?${query}`)).body.data.map(({ id }: { id: string }) => id)
  assert.deepEqual(await ids('search=100%25'), [a.id])
  assert.deepEqual(await ids('search=BET'), [b.id])
  assert.deepEqual(await ids('isActive=false'), [b.id])
  assert.deepEqual(await ids('isActive=true'), [a.id])
})

test('a plan without subscriptions is deleted; one that has had any is not', async () => {
  const { live } = await newTenant(server)
  const unused = await newPlan(live)
  assert.equal((await live('DELETE', `/plans/${unused.id}`)).status, 204)
  assert.equal((await live('GET', `/plans/${unused.id}`)).status, 404)
  const used = await newPlan(live)
  const { id } = await subscribe(live, { planId: used.id })
  await live('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  assert.equal((await live('DELETE', `/plans/${used.id}`)).body.code, 'plan_in_use')
})

test('a deletion and subscriptions at once end in one of the two, never in an error', async () => {
  const { live } = await newTenant(server)
  const plan = await newPlan(live)
  const { customerId } = await subscribe(live)
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => live('POST', '/subscriptions', { customerId, planId: plan.id })),
    live('DELETE', `/plans/${plan.id}`),
    ...Array.from({ length: 5 }, () => live('POST', '/subscriptions', { customerId, planId: plan.id })),
  ])
  for (const { status, text } of answers) assert.ok([201, 204, 404, 409].includes(status), text)
  const made = answers.filter(({ status }) => status === 201).length
  assert.equal(answers[5]?.status, made > 0 ? 409 : 204)
})

test('prices are added, changed and retired, one a currency', async () => {
  const { live } = await newTenant(server)
  const plan = await newPlan(live)
  const added = await live('POST', `/plans/${plan.id}/prices`, { currency: 'USD', amount: 5 })
  assert.equal(added.status, 201, added.text)
  const twice = await live('POST', `/plans/${plan.id}/prices`, { currency: 'USD', amount: 6 })
  assert.deepEqual([twice.status, twice.body.code], [409, 'price_currency_taken'])
  const prices = async () =>
    (await live('GET', `/plans/${plan.id}`)).body.prices as { id: string; currency: string; amount: number }[]
  const usd = (await prices()).find(({ currency }) => currency === 'USD')
  assert.equal((await live('PATCH', `/plans/${plan.id}/prices/${usd?.id}`, { amount: 7 })).status, 200)
  assert.equal((await prices()).find(({ currency }) => currency === 'USD')?.amount, 7)
  assert.equal((await live('PATCH', `/plans/${plan.id}/prices/${usd?.id}`, { amount: 8 })).status, 404)
  const now = (await prices()).find(({ currency }) => currency === 'USD')
  assert.equal((await live('DELETE', `/plans/${plan.id}/prices/${now?.id}`)).status, 204)
  assert.deepEqual(
    (await prices()).map(({ currency }) => currency),
    ['KES'],
  )
})
