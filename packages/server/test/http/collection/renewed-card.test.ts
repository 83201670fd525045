import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../billing-story.ts'
import { get, newMethod } from '../../payment-story.ts'
import { invoiceOf, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()

/** The card as each simulator tells of it now. */
const told: Readonly<Record<string, readonly unknown[]>> = {
  PAYSTACK: ['visa', '4081', 12, 2030],
  FLUTTERWAVE: ['mastercard', '2950', 9, 2032],
  PAYU: ['mastercard', '1234', 9, 2032],
}

for (const [name, card] of Object.entries(told)) {
  const subject = subjects.find((one) => one.name === name)
  assert.ok(subject)

  test(`${name}: a card that its bank has renewed has its new end with the next charge, and is the same method`, async () => {
    const { as } = await withAccount(stage, subject)
    const customer = await newCustomer(as, { currency: subject.currency })
    const old = { provider: name, brand: 'verve', last4: '0001', expMonth: 1, expYear: 2027 }
    const method = await newMethod(as, customer.id, subject.tokens?.succeeds, old)
    const { invoice } = await invoiceOf(as, subject, customer)
    await work(stage)
    assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
    const [after, ...more] = (await get(as, `/customers/${customer.id}/payment-methods`)).data
    assert.equal(more.length, 0)
    assert.deepEqual([after.brand, after.last4, after.expMonth, after.expYear], card)
    assert.deepEqual([after.id, after.isDefault, after.createdAt], [method.id, true, method.createdAt])
  })

  test(`${name}: a charge that was declined tells nothing of the card`, async () => {
    const { as } = await withAccount(stage, subject)
    const customer = await newCustomer(as, { currency: subject.currency })
    const old = { provider: name, last4: '0001', expMonth: 1, expYear: 2027 }
    await newMethod(as, customer.id, subject.tokens?.hard, old)
    await invoiceOf(as, subject, customer)
    await work(stage)
    const [after] = (await get(as, `/customers/${customer.id}/payment-methods`)).data
    assert.deepEqual([after.last4, after.expMonth, after.expYear], ['0001', 1, 2027])
  })
}
