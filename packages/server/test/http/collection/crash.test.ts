import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { testSecrets } from '../../cluster.ts'
import { subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { collect, payingCustomer, rows } from '../../payment-story.ts'

const server = await startServer()
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** A worker in a process of its own. */
function startProcess(): ChildProcess {
  return spawn(process.execPath, [main, 'serve', 'worker'], {
    env: { ...process.env, ...testSecrets, DATABASE_URL: server.databaseUrl, LOG_LEVEL: 'error' },
    stdio: 'ignore',
  })
}

test('a worker that is killed in the middle of its charges: after the restart every invoice is paid, and charged once', async () => {
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as)
  for (let count = 0; count < 60; count++) await subscribe(as, { customerId: customer.id })

  const worker = startProcess()
  const countOf = async (status: string) =>
    Number((await rows(server, 'select count(*) as n from payments where status = $1', [status]))[0]?.['n'])
  const startedMs = performance.now()
  while (
    (await countOf('PROCESSING')) === 0 &&
    (await countOf('SUCCEEDED')) === 0 &&
    performance.now() - startedMs < 20_000
  );
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const before = { processing: await countOf('PROCESSING'), succeeded: await countOf('SUCCEEDED') }
  assert.ok(before.processing > 0, `killed too late or too early: ${JSON.stringify(before)}`)

  server.clock.advance({ seconds: 91 })
  await collect(server)
  assert.equal(await countOf('SUCCEEDED'), 60)
  const books = await rows(
    server,
    'select count(*)::int as entries, max(calls) as calls, sum(amount_minor)::int as total from sandbox_book',
  )
  assert.deepEqual(books, [{ entries: 60, calls: 1, total: 60 * 4999 }])
  const [told] = await rows(
    server,
    `select count(*)::int as n from events where type in ('payment.succeeded', 'invoice.paid')`,
  )
  assert.equal(told?.['n'], 120)
  const [cash] = await rows(
    server,
    `select sum(amount_minor)::int as n from ledger_entries where account = 'cash:SANDBOX'`,
  )
  assert.equal(cash?.['n'], 60 * 4999)
})
