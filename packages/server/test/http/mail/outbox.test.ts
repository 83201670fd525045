import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { after, test } from 'node:test'
import { customerMail } from '../../../src/slices/mail/index.ts'
import { newCustomer } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { startMailServer } from '../../mail-server.ts'
import { rows } from '../../payment-story.ts'

const post = await startMailServer()
const server = await startServer({ settings: { SMTP_URL: post.url, WEBHOOK_TARGETS: 'any' } })

async function issue(as: Caller): Promise<void> {
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const items = [{ description: 'Work', quantity: 1, unitAmount: 10 }]
  const { status, text } = await as('POST', '/invoices', { customerId, items, autoFinalize: true })
  assert.equal(status, 201, text)
}

async function mailAll(): Promise<void> {
  while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
}

test('whoever comes late with the end of a mail, after another has taken it up, changes nothing', async () => {
  const tenant = await newTenant(server)
  await issue(tenant.live)
  server.clock.advance({ seconds: 61 })
  const state = () =>
    rows(
      server,
      `select status, attempt, sent_at from customer_mails where kind = 'INVOICE' and environment_id = $1`,
      [tenant.liveEnvironmentId],
    )
  // While the mail server takes its time, the lease runs out and another process begins its own attempt.
  post.meanwhile = async () => {
    post.meanwhile = async () => {}
    await rows(
      server,
      `update customer_mails set attempt = attempt + 1 where kind = 'INVOICE' and environment_id = $1`,
      [tenant.liveEnvironmentId],
    )
  }
  await mailAll()
  assert.deepEqual(await state(), [{ status: 'PENDING', attempt: 2, sent_at: null }])
  server.clock.advance({ minutes: 6 })
  await mailAll()
  const [mail] = await state()
  assert.deepEqual([mail?.['status'], mail?.['attempt']], ['SENT', 3])
})

test('a mail server that hangs up is not asked again for each mail that waits for it', async () => {
  let connections = 0
  const broken = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  after(() => broken.close())
  const { port } = broken.address() as AddressInfo
  const tenant = await newTenant(server)
  const smtp = { host: '127.0.0.1', port, secure: false, from: 'a@example.com' }
  await tenant.session('PATCH', '/tenants/me', { settings: { smtp } })
  for (let n = 0; n < 20; n++) await issue(tenant.live)
  server.clock.advance({ seconds: 61 })
  await mailAll()
  const waiting = await rows(
    server,
    `select id from customer_mails where kind = 'INVOICE' and status = 'PENDING' and failure is not null and environment_id = $1`,
    [tenant.liveEnvironmentId],
  )
  assert.equal(waiting.length, 20)
  assert.ok(connections >= 1 && connections <= 8, `${connections} connections`)
})
