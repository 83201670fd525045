import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { stripe } from '../../src/slices/providers/stripe/index.ts'
import { clientOf } from '../../src/slices/providers/stripe/client.ts'
import { systemClock } from '../../src/clock.ts'
import { startServer } from '../harness.ts'

/** Stripe's own mock, which holds every call against the description of Stripe's API. */
const version = 'v0.203.0'
const folder = join(tmpdir(), `novabilling-stripe-mock-${version}`)
const program = join(folder, 'stripe-mock')
if (!existsSync(program))
  spawnSync('go', ['install', `github.com/stripe/stripe-mock@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
    timeout: 120_000,
    stdio: 'ignore',
  })
const skip = existsSync(program) ? false : 'stripe-mock is installed by Go, which is not there'

let mock: ChildProcess | undefined
after(() => mock?.kill())

/** Where it listens: it says so itself. */
async function startMock(): Promise<string> {
  const started = spawn(program, ['-http-addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  mock = started
  const port = await new Promise<string>((resolve, reject) => {
    let said = ''
    started.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [, found] = /Listening for HTTP at address: 127\.0\.0\.1:(\d+)/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
    started.on('exit', () => reject(new Error(`stripe-mock ended: ${said}`)))
  })
  return `http://127.0.0.1:${port}`
}

test('every call to Stripe is one that its API takes, as its own mock says', { skip }, async () => {
  const { deps } = await startServer()
  const url = await startMock()
  const account = {
    isTest: true,
    credentials: { secretKey: 'sk_test_mocked0123', webhookSecret: `whsec_${'x'.repeat(32)}` },
    url,
    noticeUrl: 'https://billing.example.com/api/webhooks/stripe/prov_1',
  }
  const request = {
    scope: { tenantId: '', environmentId: '' },
    account,
    reference: 'pay_01kbt2',
    handle: null,
    amountMinor: 4999n,
    currency: 'KES',
    at: systemClock.now(),
    calledAt: null,
  }
  const payer = { email: 'wanjiku@example.com', name: 'Wanjiku', country: 'KE', phone: null }
  const charge = { ...request, token: 'cus_9s6XKzkNRiz8i3 pm_1MqLiJLkdIwHu7ix', payer }
  const question = { ...request, token: charge.token, payerEmail: payer.email }
  const refund = {
    ...request,
    chargeReference: request.reference,
    chargeTransactionId: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
    report: null,
    chargeReport: null,
  }
  const { account: kind } = stripe
  assert.ok(kind?.startCheckout && kind.queryDispute)
  assert.equal((await kind.probe(deps, account)).success, true)
  const page = await kind.startCheckout(deps, {
    ...request,
    payer,
    description: 'Invoice INV-2026-000001',
    successUrl: 'https://shop.example.com/paid',
    cancelUrl: 'https://shop.example.com/back',
    expiresAt: request.at.add({ hours: 24 }),
    keepMethod: true,
  })
  assert.ok(page.status === 'started' || page.status === 'unknown', page.status)
  // What it was not asked for in its own words would be NotSent, with Stripe's reason.
  const outcomes = [
    await stripe.charge(deps, charge),
    await stripe.queryCharge(deps, question),
    await stripe.queryCharge(deps, { ...question, handle: 'pi_3MtwBwLkdIwHu7ix28a3tqPa' }),
    await stripe.queryCharge(deps, { ...question, handle: 'cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4W' }),
    await stripe.refund(deps, refund),
    await stripe.queryRefund(deps, refund),
    await stripe.queryRefund(deps, { ...refund, handle: 're_1Nispe2eZvKYlo2Cd31jOCgZ' }),
  ]
  for (const { status } of outcomes) assert.notEqual(status, 'unavailable')
  // Its example is of no payment that we could know.
  assert.equal(await kind.queryDispute(account, 'du_1MtJUT2eZvKYlo2CNaw2HvEv'), undefined)

  const client = await clientOf(account)
  const wrong = { amount: 4999, currency: 'kes', no_such_field: 'x' }
  await assert.rejects(client.paymentIntents.create(wrong), { type: 'StripeInvalidRequestError' })
})
