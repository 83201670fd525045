import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import {
  addAccount,
  choose,
  dueBy,
  invoiceOf,
  moved,
  onPage,
  startStage,
  withAccount,
  work,
} from '../../provider-story.ts'
import type { Fault } from '../../../src/simulators/world.ts'
import { subjects } from '../../provider-subjects.ts'
import { call, newTenant } from '../../harness.ts'
import { collect, eventsOf, get } from '../../payment-story.ts'
import { newCustomer } from '../../billing-story.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
})

/** Asks again about what is open, as if the time for it had come. */
async function later(): Promise<void> {
  server.clock.advance({ hours: 1 })
  await work(stage)
}

for (const subject of subjects) {
  const { name, tokens, currency, price, units } = subject
  const fail = (kind: Fault['kind']): void =>
    void world.faults.push({
      provider: name,
      kind,
      ...(subject.faultPath === undefined ? {} : { path: subject.faultPath }),
    })
  const afterBreak = subject.repeatsItself ? 'SUCCEEDED' : 'PROCESSING'

  test(`${name}: an account is kept sealed, tested, changed, and taken away`, async () => {
    const { as, account, credentials } = await withAccount(stage, subject, { priority: 7, countries: ['KE'] })
    assert.equal(account.providerName, name)
    assert.deepEqual([account.isActive, account.priority, account.countries], [true, 7, ['KE']])
    assert.ok(account.webhookUrl.endsWith(`/api/webhooks/${name.toLowerCase()}/${account.id}`))
    const secrets = Object.values(credentials).filter((value) => value.length > 8)
    const shown = (await as('GET', `/payment-providers/${account.id}`)).text
    for (const value of secrets) assert.ok(!shown.includes(value), 'a credential is shown')
    const probe = await as('POST', `/payment-providers/${account.id}/test`, {})
    assert.deepEqual([probe.status, probe.body.success], [200, true], probe.text)

    const [wrong, field] = subject.wrong
    assert.equal((await as('PATCH', `/payment-providers/${account.id}`, { credentials: wrong })).status, 200)
    const failed = await as('POST', `/payment-providers/${account.id}/test`, {})
    assert.equal(failed.body.success, false)
    assert.match(failed.body.message, field)

    assert.equal((await as('DELETE', `/payment-providers/${account.id}`)).status, 204)
    assert.equal((await as('GET', `/payment-providers/${account.id}`)).status, 404)
    for (const value of secrets) assert.ok(!server.logged().includes(value), 'a credential was logged')
  })

  test(`${name}: credentials that cannot be right are refused by their field`, async () => {
    const { test: as } = await newTenant(server)
    const [malformed, path] = subject.malformed
    const answer = await as('POST', '/payment-providers', {
      providerName: name,
      credentials: { ...malformed, surplus: 'x' },
    })
    assert.equal(answer.status, 400)
    const paths = answer.body.errors.map((one: { path: string }) => one.path)
    assert.ok(paths.includes(path), answer.text)
    assert.ok(paths.includes('credentials.surplus'))
  })

  test(`${name}: a page is paid once in the provider's own unit, and the invoice is PAID when it confirms`, async () => {
    const { as } = await withAccount(stage, subject)
    const { customer, invoice, session } = await onPage(as, subject)
    assert.deepEqual([session.status, session.amount, session.currency], ['OPEN', price, currency])
    const back = await choose(stage, session.url, 'succeed')
    if (subject.phone === undefined) assert.ok(back.startsWith('https://shop.example.com/paid'))
    await work(stage)
    const after = await get(as, `/checkout-sessions/${session.id}`)
    assert.equal(after.status, 'COMPLETED')
    assert.deepEqual(moved(stage, session.id), [[units, currency]])
    const paid = await get(as, `/invoices/${invoice.id}`)
    assert.deepEqual([paid.status, paid.amountPaid], ['PAID', price])
    const payment = await get(as, `/payments/${after.paymentId}`)
    assert.deepEqual([payment.status, payment.provider, payment.amount], ['SUCCEEDED', name, price])
    assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded'])
    const { data: methods } = await get(as, `/customers/${customer.id}/payment-methods`)
    assert.equal(methods.length, subject.keepsMethods ? 1 : 0)
    if (subject.keepsMethods) assert.deepEqual([methods[0].isDefault, methods[0].provider], [true, name])
  })

  test(`${name}: ten notices, none, one before the answer: the same end`, async () => {
    const { as } = await withAccount(stage, subject)
    for (const delivery of ['ten_times', 'never', 'before_answer'] as const) {
      world.delivery = delivery
      const { invoice, session } = await onPage(as, subject)
      await choose(stage, session.url, 'succeed')
      if (delivery === 'never') await later()
      else await work(stage)
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID', delivery)
      const { data: payments } = await get(as, `/payments?invoiceId=${invoice.id}`)
      assert.equal(payments.length, 1, delivery)
      await later()
      assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 1)
      assert.equal(moved(stage, session.id).length, 1)
    }
  })

  if (subject.phone === undefined) {
    for (const kind of ['other_amount', 'other_currency'] as const)
      test(`${name}: other money than was asked for is shown and never booked as paid (${kind})`, async () => {
        const { as } = await withAccount(stage, subject)
        const { invoice, session } = await onPage(as, subject)
        world.faults.push({ provider: name, kind })
        await choose(stage, session.url, 'succeed')
        await work(stage)
        const after = await get(as, `/checkout-sessions/${session.id}`)
        assert.deepEqual(
          [after.status, after.failureCode, after.paymentId],
          ['FAILED', 'amount_mismatch', null],
        )
        assert.deepEqual((await get(as, `/invoices/${invoice.id}`)).amountPaid, 0)
        assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 0)
      })

    test(`${name}: money that it confirms for another reference than ours is never booked as paid`, async () => {
      const { as } = await withAccount(stage, subject)
      const { invoice, session } = await onPage(as, subject)
      world.faults.push({ provider: name, kind: 'other_reference' })
      await choose(stage, session.url, 'succeed')
      for (let round = 0; round < 3; round++) await later()
      const after = await get(as, `/checkout-sessions/${session.id}`)
      assert.notEqual(after.status, 'COMPLETED')
      assert.deepEqual((await get(as, `/invoices/${invoice.id}`)).amountPaid, 0)
      assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 0)
    })
  }

  if (subject.phone === undefined) {
    test(`${name}: a declined page leaves the invoice open, and another page can be paid`, async () => {
      const { as } = await withAccount(stage, subject)
      const { invoice, session } = await onPage(as, subject)
      const again = await as('POST', `/invoices/${invoice.id}/checkout`, {
        successUrl: 'https://shop.example.com/paid',
      })
      assert.equal(again.body.id, session.id, 'the same page while it is open')
      await choose(stage, session.url, 'insufficient_funds')
      await later()
      const failed = await get(as, `/checkout-sessions/${session.id}`)
      assert.deepEqual(
        [failed.status, failed.failureCode],
        subject.declineEndsPage ? ['FAILED', 'insufficient_funds'] : ['OPEN', null],
      )
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
      const next = await as('POST', `/invoices/${invoice.id}/checkout`, {
        successUrl: 'https://shop.example.com/paid',
      })
      assert.equal(next.body.id === session.id, !subject.declineEndsPage)
      await choose(stage, next.body.url, 'succeed')
      await work(stage)
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    })
  }

  test(`${name}: a page that nobody pays expires; paid three days later all the same, the money is booked`, async () => {
    const { as } = await withAccount(stage, subject)
    const { invoice, session } = await onPage(as, subject)
    for (let hours = 0; hours < 30; hours += 2) {
      server.clock.advance({ hours: 2 })
      await work(stage)
    }
    assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'EXPIRED')
    server.clock.advance({ days: 2 })
    await choose(stage, session.url, 'succeed')
    await work(stage)
    assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'COMPLETED')
    assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  })

  if (subject.phone === undefined) {
    test(`${name}: a refund goes back once, in its own unit${subject.partialRefunds ? ', also in parts' : ''}`, async () => {
      const { as } = await withAccount(stage, subject)
      const { invoice, session } = await onPage(as, subject)
      await choose(stage, session.url, 'succeed')
      await work(stage)
      const { paymentId } = await get(as, `/checkout-sessions/${session.id}`)
      if (subject.partialRefunds) {
        const part = await as('POST', `/payments/${paymentId}/refund`, { amount: 1000 })
        assert.equal(part.status, 200, part.text)
        await simulator.world.settled()
        await later()
        assert.equal((await get(as, `/payments/${paymentId}`)).refundedAmount, 1000)
      }
      if (subject.tellsOfRefunds !== false) world.faults.push({ provider: name, kind: 'drop_after' })
      const rest = await as('POST', `/payments/${paymentId}/refund`, {})
      assert.equal(rest.status, 200, rest.text)
      await later()
      await later()
      const after = await get(as, `/payments/${paymentId}`)
      assert.deepEqual([after.status, after.refundedAmount], ['REFUNDED', price])
      const back = after.refunds.flatMap((refund: { id: string }) => moved(stage, refund.id, 'refund'))
      assert.equal(back.length, after.refunds.length)
      assert.equal(
        back.reduce((sum: number, [part]: [string]) => sum + Number(part), 0),
        Number(units),
      )
      assert.equal((await get(as, `/invoices/${invoice.id}`)).amountPaid, 0)
    })
  }

  if (subject.forged) {
    const { forged } = subject
    test(`${name}: what is not signed, or not by the provider, changes nothing and is seen`, async () => {
      const { as, account } = await withAccount(stage, subject)
      const path = `/webhooks/${name.toLowerCase()}/${account.id}`
      const unsigned = await call(server, 'POST', path, {
        raw: forged.body,
        headers: { 'content-type': forged.headers['content-type'] ?? 'text/plain' },
      })
      assert.deepEqual([unsigned.status, unsigned.body.code], [400, 'webhook_not_verified'])
      const wrong = await call(server, 'POST', path, { raw: forged.body, headers: forged.headers })
      assert.deepEqual([wrong.status, wrong.body.code], [400, 'webhook_not_verified'])
      const shown = await get(as, `/payment-providers/${account.id}`)
      assert.equal(shown.webhook.refused, 2)
      assert.equal(shown.webhook.lastReceivedAt, null)
      assert.match(shown.webhook.lastRefusedReason, /\w/)

      // Signed for one account, sent to another: the signature is the other's.
      const { as: stranger, account: other } = await withAccount(stage, subject)
      const { session, invoice } = await onPage(as, subject)
      for (const key of world.addresses.keys()) {
        const address = world.addresses.get(key)
        if (address?.endsWith(account.id)) world.addresses.set(key, address.replace(account.id, other.id))
      }
      await choose(stage, session.url, 'succeed')
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
      assert.ok((await get(stranger, `/payment-providers/${other.id}`)).webhook.refused >= 1)
      await later()
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    })
  }

  test(`${name}: a body of 10 MB, an unknown account and an unknown reference are turned away`, async () => {
    const { account } = await withAccount(stage, subject)
    const path = `/webhooks/${name.toLowerCase()}/${account.id}`
    const huge = await call(server, 'POST', path, { raw: 'x'.repeat(10_000_000) }).catch(() => ({
      status: 413,
    }))
    assert.equal(huge.status, 413)
    const nobody = await call(
      server,
      'POST',
      `/webhooks/${name.toLowerCase()}/prov_01m86rxvwee48t4trm428xyznt`,
      {
        raw: '{}',
      },
    )
    assert.equal(nobody.status, 404)
  })

  if (tokens) {
    test(`${name}: a saved method is charged once, under our reference, in the provider's own unit`, async () => {
      const { as } = await withAccount(stage, subject)
      const { invoice, payment } = await dueBy(as, subject, tokens.succeeds)
      await work(stage)
      await later()
      const after = await get(as, `/payments/${payment.id}`)
      assert.equal(after.status, 'SUCCEEDED')
      assert.ok(after.providerTransactionId)
      assert.deepEqual(moved(stage, payment.id), [[units, currency]])
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    })

    test(`${name}: declines have our words`, async () => {
      const { as } = await withAccount(stage, subject)
      for (const [token, code] of [
        [tokens.soft, 'insufficient_funds'],
        [tokens.hard, tokens.hardCode ?? 'expired_instrument'],
      ] as const) {
        const { payment, subscription } = await dueBy(as, subject, token)
        await work(stage)
        await later()
        const after = await get(as, `/payments/${payment.id}`)
        assert.deepEqual([after.status, after.failureCode], ['FAILED', code])
        assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
        assert.deepEqual(moved(stage, payment.id), [])
      }
    })

    test(`${name}: a charge whose answer is lost is asked about and never made twice`, async () => {
      const { as } = await withAccount(stage, subject)
      // One that knows nothing by our reference has to tell by itself.
      world.delivery = subject.phone === undefined ? 'never' : 'once'
      const { payment } = await dueBy(as, subject, tokens.succeeds)
      fail('drop_after')
      await collect(server)
      await world.settled()
      // One that tells by itself may have told already.
      if (subject.phone === undefined)
        assert.equal((await get(as, `/payments/${payment.id}`)).status, afterBreak)
      await later()
      assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
      assert.deepEqual(moved(stage, payment.id), [[units, currency]])
    })

    // One that knows nothing by our reference is never asked for the money twice.
    for (const kind of subject.phone === undefined ? (['drop_before', 'error'] as const) : []) {
      test(`${name}: a charge that may not have arrived (${kind}) is asked about, and made again under its reference`, async () => {
        const { as } = await withAccount(stage, subject)
        const { payment } = await dueBy(as, subject, tokens.succeeds)
        fail(kind)
        await collect(server)
        const expected = kind === 'drop_before' ? afterBreak : 'PROCESSING'
        assert.equal((await get(as, `/payments/${payment.id}`)).status, expected)
        assert.equal(moved(stage, payment.id).length, expected === 'PROCESSING' ? 0 : 1)
        await later()
        assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
        assert.deepEqual(moved(stage, payment.id), [[units, currency]])
      })
    }

    test(`${name}: one that is too busy is asked again, and the customer has not failed`, async () => {
      const { as } = await withAccount(stage, subject)
      const { payment, subscription } = await dueBy(as, subject, tokens.succeeds)
      fail('busy')
      await collect(server)
      const waiting = await get(as, `/payments/${payment.id}`)
      assert.deepEqual([waiting.status, waiting.failureCode], ['PENDING', 'provider_unavailable'])
      assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
      await later()
      await later()
      const after = await get(as, `/payments/${payment.id}`)
      assert.deepEqual([after.status, after.failureCode], ['SUCCEEDED', null])
      assert.deepEqual(moved(stage, payment.id), [[units, currency]])
    })

    if (subject.keepsMethods) {
      test(`${name}: what was kept from a page is charged at the renewal`, async () => {
        const { as } = await withAccount(stage, subject)
        const { customer, session } = await onPage(as, subject)
        await choose(stage, session.url, 'succeed')
        await work(stage)
        const { invoice } = await invoiceOf(as, subject, customer)
        await work(stage)
        await later()
        assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
        const { data: payments } = await get(as, `/payments?invoiceId=${invoice.id}`)
        assert.deepEqual(moved(stage, payments[0].id), [[units, currency]])
      })
    }
  }

  if (!subject.anyCurrency) {
    test(`${name}: a currency that it does not take finds no provider`, async () => {
      const { as } = await withAccount(stage, subject)
      const customer = await newCustomer(as, { currency: 'JPY' })
      const { invoice } = await invoiceOf(as, { ...subject, currency: 'JPY', price: 100 }, customer)
      const started = await as('POST', `/invoices/${invoice.id}/checkout`, {
        successUrl: 'https://shop.example.com/paid',
        providerName: name,
      })
      assert.deepEqual([started.status, started.body.code], [409, 'provider_not_configured'])
    })
  }

  test(`${name}: the second account by priority gives the page when the first cannot`, async () => {
    const { tenant, as, account } = await withAccount(stage, subject, { priority: 2 })
    const first = await addAccount(stage, tenant.test, subject, {
      credentials: subject.wrong[0],
    })
    const { session } = await onPage(as, subject)
    assert.equal(session.attempts.length, 1)
    assert.equal(session.attempts[0].providerName, name)
    await choose(stage, session.url, 'succeed')
    await work(stage)
    assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'COMPLETED')
    await as('DELETE', `/payment-providers/${account.id}`)
    const { invoice } = await invoiceOf(as, subject, await newCustomer(as, { currency }))
    const none = await as('POST', `/invoices/${invoice.id}/checkout`, {
      successUrl: 'https://shop.example.com/x',
      ...(subject.phone === undefined ? {} : { phone: subject.phone }),
    })
    assert.deepEqual([none.status, none.body.code], [409, 'checkout_unavailable'])
    assert.ok(first.id)
  })
}
