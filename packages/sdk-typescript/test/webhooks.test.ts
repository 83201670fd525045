import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { NovaBillingClient, WebhookVerificationError, webhooks } from '../src/generated/index.ts'

const keyBytes = Buffer.from('a key of at least twenty-four bytes')
const secret = `whsec_${keyBytes.toString('base64')}`
const sentAt = 1_767_225_600
const event = {
  id: 'evt_1',
  event: 'invoice.paid',
  timestamp: '2026-01-01T00:00:00.000Z',
  environment: 'env_1',
  data: { id: 'inv_1' },
}
const body = JSON.stringify(event)

// By node:crypto, not by the WebCrypto under test.
function signature(text: string, id = 'evt_1', timestamp = String(sentAt)): string {
  return `v1,${createHmac('sha256', keyBytes).update(`${id}.${timestamp}.${text}`).digest('base64')}`
}

const headers = {
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(sentAt),
  'webhook-signature': signature(body),
}
const now = sentAt * 1000

test('a webhook that was signed with the secret gives its event', async () => {
  assert.deepEqual(await webhooks.verify(body, headers, secret, { now }), event)
  assert.deepEqual(await webhooks.verify(Buffer.from(body), new Headers(headers), secret, { now }), event)
  const client = new NovaBillingClient()
  assert.deepEqual(await client.webhooks.verify(body, headers, secret, { now }), event)
})

test("the signature of the Standard Webhooks specification's own example is accepted", async () => {
  const example = '{"test": 2432232314}'
  const given = {
    'Webhook-Id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'Webhook-Timestamp': '1614265330',
    'Webhook-Signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  const parsed = await webhooks.verify(example, given, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    now: 1_614_265_330_000,
  })
  assert.deepEqual(parsed, { test: 2_432_232_314 })
})

test('one good signature among others is enough, so that secrets can be rotated', async () => {
  const several = { ...headers, 'webhook-signature': `v1,AAAA v2,x garbage v1,!! ${signature(body)}` }
  assert.deepEqual(await webhooks.verify(body, several, secret, { now }), event)
})

test('whatever the body, its signature holds for it and for no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.nat(), async (value, place) => {
      const text = JSON.stringify(value)
      const signed = { ...headers, 'webhook-signature': signature(text) }
      assert.deepEqual(await webhooks.verify(text, signed, secret, { now }), JSON.parse(text))
      const bytes = Buffer.from(text)
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ 1
      await assert.rejects(webhooks.verify(bytes, signed, secret, { now }), WebhookVerificationError)
    }),
    { numRuns: 50 },
  )
})

test('a signature of another id, another time or another secret is refused', async () => {
  for (const wrong of [
    signature(body, 'evt_2'),
    signature(body, 'evt_1', String(sentAt + 1)),
    signature(body).replace('v1', 'v2'),
    '',
  ]) {
    await assert.rejects(
      webhooks.verify(body, { ...headers, 'webhook-signature': wrong }, secret, { now }),
      WebhookVerificationError,
    )
  }
  const other = `whsec_${Buffer.from('another key of so many bytes').toString('base64')}`
  await assert.rejects(webhooks.verify(body, headers, other, { now }), WebhookVerificationError)
  await assert.rejects(webhooks.verify(body, headers, 'whsec_', { now }), /the secret of a webhook/)
})

test('a webhook is accepted five minutes either way of now, and not a second more', async () => {
  for (const seconds of [-300, 0, 300])
    await webhooks.verify(body, headers, secret, { now: now + seconds * 1000 })
  await assert.rejects(webhooks.verify(body, headers, secret, { now: now + 301_000 }), /too long ago/)
  await assert.rejects(webhooks.verify(body, headers, secret, { now: now - 301_000 }), /in the future/)
  await assert.rejects(webhooks.verify(body, headers, secret), WebhookVerificationError)
})

test('a webhook without one of its headers, or with a strange timestamp, is refused', async () => {
  for (const name of Object.keys(headers)) {
    await assert.rejects(
      webhooks.verify(body, { ...headers, [name]: undefined }, secret, { now }),
      new RegExp(name),
    )
  }
  for (const timestamp of ['now', '1e9', '-1', ' 1767225600']) {
    await assert.rejects(
      webhooks.verify(body, { ...headers, 'webhook-timestamp': timestamp }, secret, { now }),
      WebhookVerificationError,
    )
  }
})
