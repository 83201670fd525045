import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get } from '../../payment-story.ts'
import { choose, dueBy, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()

/** What a price is, in the provider's own unit. */
const units: Readonly<
  Record<string, readonly (readonly [currency: string, price: number, units: string])[]>
> = {
  // Hundredths of everything, also of what has none.
  PAYSTACK: [
    ['NGN', 50.01, '5001'],
    ['XOF', 655, '65500'],
    ['KES', 1999.99, '199999'],
  ],
  FLUTTERWAVE: [
    ['UGX', 180000, '180000'],
    ['XAF', 655, '655'],
    ['NGN', 50.01, '50.01'],
  ],
  // Whole ones by Stripe's own list, on which the shilling of Uganda is not; thousandths by another.
  STRIPE: [
    ['JPY', 500, '500'],
    ['XOF', 655, '655'],
    ['RWF', 1000, '1000'],
    ['UGX', 180000, '18000000'],
    ['USD', 19.99, '1999'],
    ['KWD', 1.25, '1250'],
  ],
  MPESA: [['KES', 1999, '1999']],
  PESAPAL: [
    ['KES', 1999.99, '1999.99'],
    ['UGX', 180000, '180000'],
  ],
  DPO: [
    ['KES', 1999.9, '1999.90'],
    ['XOF', 655, '655.00'],
    ['USD', 0.05, '0.05'],
  ],
  PAYU: [
    ['ZAR', 349.9, '34990'],
    ['RWF', 1000, '100000'],
  ],
}

for (const subject of subjects) {
  const { name, tokens } = subject
  test(`${name}: each currency is sent in the provider's own unit, and what comes back is the price`, async () => {
    const cases = units[name]
    assert.ok(cases, 'a provider without a case')
    const { as } = await withAccount(stage, subject)
    for (const [currency, price, sent] of cases) {
      const priced = { ...subject, currency, price }
      const reference = await paidBy(priced)
      assert.deepEqual(moved(stage, reference), [[sent, currency]], `${price} ${currency}`)
    }

    async function paidBy(priced: typeof subject): Promise<string> {
      if (tokens) {
        const { payment, invoice } = await dueBy(as, priced, tokens.succeeds)
        await work(stage)
        stage.server.clock.advance({ hours: 1 })
        await work(stage)
        assert.equal((await get(as, `/payments/${payment.id}`)).amount, priced.price)
        assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
        return payment.id
      }
      const { session, invoice } = await onPage(as, priced)
      await choose(stage, session.url, 'succeed')
      await work(stage)
      assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
      return session.id
    }
  })
}
