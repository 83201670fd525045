import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { newTenant, startServer } from '../../harness.ts'
import { startMailServer } from '../../mail-server.ts'
import { newCustomer } from '../../billing-story.ts'
import { rows } from '../../payment-story.ts'
import { type Process, startProcess } from '../../proofs/processes.ts'

const post = await startMailServer()
const server = await startServer({ settings: { SMTP_URL: post.url } })

const invoices = 24
const kills = 3
/** So that the minute for which an invoice waits, and the leases of the dead, pass by. */
const speed = 20

test('workers that are killed while they send lose no mail and write none twice; what is sent again is the same mail', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  const numbers = new Set<string>()
  for (let n = 0; n < invoices; n++) {
    const { id: customerId } = await newCustomer(live, { currency: 'KES' })
    const items = [{ description: 'Work', quantity: 1, unitAmount: 10 }]
    const { body } = await live('POST', '/invoices', { customerId, items, autoFinalize: true })
    numbers.add(body.number)
  }
  const installation = { databaseUrl: server.databaseUrl, originMs: systemClock.nowMs(), speed }
  let worker: Process | undefined
  after(() => worker?.kill())
  for (let kill = 0; kill < kills; kill++) {
    const before = post.received.length
    worker = startProcess(installation, 'worker', { SMTP_URL: post.url })
    // In the middle of it: a few are out, and some of those not written down.
    await until(() => post.received.length >= before + 3)
    await worker.kill()
  }
  worker = startProcess(installation, 'worker', { SMTP_URL: post.url })
  const open = async () =>
    rows(
      server,
      `select id from customer_mails where kind = 'INVOICE' and status <> 'SENT' and environment_id = $1`,
      [liveEnvironmentId],
    )
  await until(async () => post.received.length >= invoices && (await open()).length === 0)
  await worker.stop()

  const idOf = new Map<string, Set<string | undefined>>()
  for (const { subject = '', messageId } of post.received) {
    const number = /INV-\d+-\d+/.exec(subject)?.[0] ?? subject
    idOf.set(number, (idOf.get(number) ?? new Set()).add(messageId))
  }
  assert.deepEqual(new Set(idOf.keys()), numbers)
  for (const [number, ids] of idOf) assert.equal(ids.size, 1, `${number} went out as two mails`)
  const written = await rows(
    server,
    `select subject_id from customer_mails where kind = 'INVOICE' and environment_id = $1`,
    [liveEnvironmentId],
  )
  assert.equal(written.length, invoices)
})

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (await isSo()) return
    await systemClock.sleep(50)
  }
  throw new Error(`it did not come to that; ${post.received.length} mails arrived`)
}
