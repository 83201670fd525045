import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import { subscribe } from '../../billing-story.ts'
import { newMetric, report } from '../../usage-story.ts'

const server = await startServer()
const { live, test: sandbox } = await newTenant(server)

const whole = {
  name: 'Traffic',
  code: 'traffic',
  description: 'Bytes sent',
  aggregationType: 'SUM',
  fieldName: 'bytes',
  recurring: true,
  filters: [{ key: 'region', values: ['eu', 'us'] }],
}

test('201: a billable metric is what was asked for, and can be read and listed', async () => {
  const { status, body } = await live('POST', '/billable-metrics', whole)
  assert.equal(status, 201)
  const { id, createdAt, updatedAt, ...said } = body
  assert.match(id, /^met_/)
  assert.ok(createdAt && updatedAt)
  assert.deepEqual(said, whole)
  assert.deepEqual((await live('GET', `/billable-metrics/${id}`)).body, body)
  assert.deepEqual((await live('GET', '/billable-metrics?search=traff')).body.data, [body])
  assert.deepEqual((await sandbox('GET', '/billable-metrics')).body.data, [])
})

test('400: all that an aggregation cannot count is told at once', async () => {
  const faults = async (body: object): Promise<string[]> => {
    const answer = await live('POST', '/billable-metrics', { name: 'n', code: 'c', ...body })
    assert.equal(answer.status, 400, answer.text)
    return answer.body.errors.map(({ path }: { path: string }) => path)
  }
  assert.deepEqual(await faults({ aggregationType: 'COUNT', fieldName: 'x', recurring: true }), [
    'fieldName',
    'recurring',
  ])
  for (const aggregationType of ['SUM', 'MAX', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM'])
    assert.deepEqual(await faults({ aggregationType }), ['fieldName'])
  assert.deepEqual(await faults({ aggregationType: 'MAX', fieldName: 'x', recurring: true }), ['recurring'])
  assert.deepEqual(
    await faults({
      aggregationType: 'COUNT',
      filters: [
        { key: 'region', values: ['eu'] },
        { key: 'region', values: ['us'] },
      ],
    }),
    ['filters[1].key'],
  )
  assert.deepEqual(await faults({ aggregationType: 'AVERAGE' }), ['aggregationType'])
  assert.deepEqual(await faults({ aggregationType: 'COUNT', fieldNames: [] }), ['fieldNames'])
})

test('409: a code is taken once, and free again when its metric is retired', async () => {
  const { id, code } = await newMetric(live)
  const again = await live('POST', '/billable-metrics', { name: 'n', code, aggregationType: 'COUNT' })
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'billable_metric_code_taken')
  assert.equal((await live('DELETE', `/billable-metrics/${id}`)).status, 204)
  assert.equal((await live('GET', `/billable-metrics/${id}`)).status, 404)
  assert.equal((await live('DELETE', `/billable-metrics/${id}`)).body.code, 'billable_metric_not_found')
  await newMetric(live, { code })
})

test('200: a name changes at any time, filters only while nothing has been counted', async () => {
  const { id, code } = await newMetric(live)
  const filters = [{ key: 'region', values: ['eu'] }]
  const changed = await live('PATCH', `/billable-metrics/${id}`, {
    name: 'Other',
    description: null,
    filters,
  })
  assert.deepEqual([changed.status, changed.body.name, changed.body.filters], [200, 'Other', filters])
  const subscription = await subscribe(live)
  await report(live, [{ subscriptionId: subscription.id, code }])
  const late = await live('PATCH', `/billable-metrics/${id}`, { filters: [] })
  assert.deepEqual([late.status, late.body.code], [409, 'billable_metric_in_use'])
  assert.equal((await live('PATCH', `/billable-metrics/${id}`, { name: 'Still' })).body.name, 'Still')
})
