import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SlidingWindow } from '../../../src/http/rate-limit.ts'
import { call, newKey, newTenant, startServer } from '../../harness.ts'

const server = await startServer({ quotaPerMinute: 100 })

test('100 requests a minute a tenant over all its keys, the 101st is refused, and waiting retryAfter works', async () => {
  const [a, b] = [await newTenant(server), await newTenant(server)]
  server.clock.advance({ minutes: 2 })
  const second = await newKey(a.session, ['customers:read'])
  server.clock.advance({ minutes: 2 })
  for (let count = 0; count < 100; count++) {
    const credential = count % 2 ? a.testKey : second
    const { status, headers } = await call(server, 'GET', '/customers', { credential })
    assert.equal(status, 200, `request ${count + 1}`)
    assert.equal(headers.get('ratelimit-policy'), '"default";q=100;w=60')
    assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"default";r=${99 - count};t=\\d+$`))
    if (count === 49) server.clock.advance({ seconds: 30 })
  }
  const refused = await call(server, 'GET', '/customers', { credential: second })
  const wait = refused.body.retryAfter
  assert.equal(refused.status, 429)
  assert.deepEqual(refused.body, {
    statusCode: 429,
    message: `Rate limit exceeded. Try again in ${wait} seconds`,
    retryAfter: wait,
  })
  assert.equal(refused.headers.get('retry-after'), String(wait))
  assert.equal(refused.headers.get('ratelimit'), `"default";r=0;t=${wait}`)
  assert.ok(wait > 25 && wait <= 30, `${wait}`)
  assert.equal(
    (await call(server, 'GET', '/customers', { credential: b.testKey })).status,
    200,
    'another tenant is not held up',
  )

  for (let count = 0; count < 300; count++) await call(server, 'GET', '/customers', { credential: a.testKey })
  server.clock.advance({ seconds: wait })
  assert.equal(
    (await call(server, 'GET', '/customers', { credential: second })).status,
    200,
    'refused requests cost nothing',
  )
})

test('the limit comes before the scope, and bad credentials are never charged to a tenant', async () => {
  const tenant = await newTenant(server)
  server.clock.advance({ minutes: 2 })
  for (let count = 0; count < 150; count++) {
    await call(server, 'GET', '/customers', { credential: `${tenant.testKey.slice(0, -1)}!` })
  }
  const plansOnly = await newKey(tenant.session, ['plans:read'])
  server.clock.advance({ minutes: 2 })
  for (let count = 0; count < 100; count++) {
    assert.equal((await call(server, 'GET', '/customers', { credential: plansOnly })).status, 403)
  }
  assert.equal((await call(server, 'GET', '/customers', { credential: plansOnly })).status, 429)
})

test('in no 60 seconds are there more than the limit, whatever the rhythm, and every wait is true', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 12 }), (waits, limit) => {
      let now = 1_000_000
      const window = new SlidingWindow(() => now)
      const taken: number[] = []
      for (const wait of waits) {
        now += wait
        const { allowed, retryAfter, remaining } = window.take('tenant', limit)
        const inWindow = taken.filter((at) => now - at < 60_000).length
        assert.equal(allowed, inWindow < limit)
        if (allowed) {
          taken.push(now)
          assert.equal(remaining, limit - inWindow - 1)
        } else {
          const later = now + retryAfter * 1000
          assert.ok(taken.filter((at) => later - at < 60_000).length < limit, 'the wait was too short')
          const earlier = later - 1001
          assert.ok(
            earlier < now || taken.filter((at) => earlier - at < 60_000).length >= limit,
            'the wait was too long',
          )
        }
      }
    }),
    { numRuns: 500 },
  )
})
