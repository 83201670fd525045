import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParsedMail } from 'mailparser'
import { customerMail } from '../../../src/slices/mail/index.ts'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { type TestServer, type TestTenant, newTenant, startServer } from '../../harness.ts'
import { startMailServer } from '../../mail-server.ts'
import { collect, payingCustomer, rows, unpaidInvoice } from '../../payment-story.ts'

const post = await startMailServer()
const server = await startServer({
  settings: { SMTP_URL: post.url, MAIL_FROM: 'Hosting <mail@host.example>', WEBHOOK_TARGETS: 'any' },
})
const bare = await startServer()

/** Everything that is due by now, sent. */
async function mailAll(on: TestServer = server): Promise<void> {
  while (await customerMail.tick(on.deps)) await customerMail.settle(on.deps)
  await customerMail.settle(on.deps)
}

/** What an address got, oldest first, after everything that is due has been sent. */
async function mailsTo(address: string, on: TestServer = server): Promise<ParsedMail[]> {
  await mailAll(on)
  return post.received.filter(({ to }) => [to].flat().some((one) => one?.text.includes(address)))
}

let addresses = 0
const newAddress = (): string => `reader${++addresses}@example.com`

/** An invoice by hand, issued to a customer of its own. */
async function issued(as: TestTenant['live'], customer: object = {}, amount = 180) {
  const email = newAddress()
  const { id } = await newCustomer(as, { currency: 'KES', email, ...customer })
  const { body, status, text } = await as('POST', '/invoices', {
    customerId: id,
    currency: 'KES',
    items: [{ description: 'Work', quantity: 1, unitAmount: amount }],
    autoFinalize: true,
  })
  assert.equal(status, 201, text)
  return { email, customerId: id, invoice: body }
}

const kinds = async (tenant: TestTenant['live'], customerId: string): Promise<[string, string][]> =>
  (await tenant('GET', `/mails?customerId=${customerId}`)).body.data
    .map(({ kind, status }: { kind: string; status: string }) => [kind, status])
    .toReversed()

test('an invoice goes to its customer a minute later, with its PDF, in its language, in the tenant’s name', async () => {
  const tenant = await newTenant(server)
  await tenant.session('PATCH', '/tenants/me', {
    companyName: 'Kazi & Söhne',
    settings: { brandColor: '#0a7f5a' },
  })
  const { email, invoice } = await issued(tenant.live, { name: '<b>Wanjiku</b>', locale: 'fr-SN' })
  assert.deepEqual(await mailsTo(email), [])
  server.clock.advance({ seconds: 61 })
  const [mail, ...others] = await mailsTo(email)
  assert.ok(mail)
  assert.equal(others.length, 0)
  assert.equal(mail.subject, `Facture ${invoice.number} de Kazi & Söhne`)
  assert.equal(mail.from?.text, '"Kazi & Söhne" <mail@host.example>')
  assert.match(mail.text ?? '', /Bonjour <b>Wanjiku<\/b>,/)
  assert.match(mail.text ?? '', /180,00/)
  assert.match(String(mail.html), /Bonjour &lt;b&gt;Wanjiku&lt;\/b&gt;,/)
  assert.doesNotMatch(String(mail.html), /<b>Wanjiku/)
  assert.match(String(mail.html), /solid #0a7f5a/)
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
  const [pdf] = mail.attachments
  assert.equal(pdf?.filename, `${invoice.number}.pdf`)
  assert.equal(pdf?.content.subarray(0, 5).toString(), '%PDF-')
})

test('what is paid at once makes one mail: its receipt, which brings the invoice along', async () => {
  const tenant = await newTenant(server)
  const { email, customerId, invoice } = await issued(tenant.live)
  await tenant.live('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
  server.clock.advance({ seconds: 61 })
  const [mail, ...others] = await mailsTo(email)
  assert.equal(others.length, 0)
  assert.equal(mail?.subject, 'Your receipt from Acme')
  assert.match(mail?.text ?? '', new RegExp(`received KES.180\\.00 for invoice ${invoice.number}`))
  assert.equal(mail?.attachments[0]?.filename, `${invoice.number}.pdf`)
  const told = await kinds(tenant.live, customerId)
  assert.deepEqual(told.toSorted(), [
    ['INVOICE', 'SKIPPED'],
    ['RECEIPT', 'SENT'],
    ['REMINDER', 'PENDING'],
  ])
})

test('each event makes one mail, however many workers read it', async () => {
  const tenant = await newTenant(server)
  const made = []
  for (let n = 0; n < 12; n++) made.push(await issued(tenant.live))
  server.clock.advance({ seconds: 61 })
  // Each with an outbox of its own, as processes have.
  const workers = Array.from({ length: 8 }, () => ({ ...server.deps }))
  for (let round = 0; round < 6; round++) await Promise.all(workers.map((deps) => customerMail.tick(deps)))
  await Promise.all(workers.map((deps) => customerMail.settle(deps)))
  for (const { email } of made) assert.equal((await mailsTo(email)).length, 1)
})

test('a reminder comes three days before the due date at nine, and an overdue invoice is told of, unless it is paid', async () => {
  const tenant = await newTenant(server)
  const zone = { timezone: 'Africa/Kampala' }
  const open = await issued(tenant.live, zone)
  const paid = await issued(tenant.live, zone)
  await mailAll()
  const due = Temporal.PlainDate.from(open.invoice.dueDate)
  const nine = due.subtract({ days: 3 }).toZonedDateTime({ timeZone: zone.timezone, plainTime: '09:00' })
  server.clock.set(nine.subtract({ minutes: 1 }).toInstant().toString())
  assert.deepEqual(
    (await mailsTo(open.email)).map(({ subject }) => subject),
    [`Invoice ${open.invoice.number} from Acme`],
  )
  await tenant.live('POST', `/invoices/${paid.invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
  server.clock.advance({ minutes: 2 })
  const reminded = await mailsTo(open.email)
  assert.equal(reminded.length, 2)
  assert.match(reminded[1]?.subject ?? '', new RegExp(`Invoice ${open.invoice.number} is due on `))

  server.clock.set(
    due
      .add({ days: 1 })
      .toZonedDateTime({ timeZone: zone.timezone, plainTime: '01:00' })
      .toInstant()
      .toString(),
  )
  const { overdueLoop } = await import('../../../src/slices/invoices/index.ts')
  while (await overdueLoop.tick(server.deps));
  const overdue = await mailsTo(open.email)
  assert.equal(overdue.length, 3)
  assert.equal(overdue[2]?.subject, `Invoice ${open.invoice.number} is overdue`)
  const receipts = await mailsTo(paid.email)
  assert.deepEqual(receipts.map(({ subject }) => subject).slice(1), ['Your receipt from Acme'])
})

test('a test environment mails nobody: its mails are kept for a look, unless the tenant asks for more', async () => {
  const tenant = await newTenant(server)
  const { email, customerId, invoice } = await issued(tenant.test, { name: '<i>A</i>' })
  server.clock.advance({ seconds: 61 })
  assert.deepEqual(await mailsTo(email), [])
  const [listed] = (await tenant.test('GET', `/mails?customerId=${customerId}&kind=INVOICE`)).body.data
  assert.deepEqual(
    [listed.status, listed.to, listed.subject, listed.subjectId],
    ['CAUGHT', email, `Invoice ${invoice.number} from Acme`, invoice.id],
  )
  const { body: content } = await tenant.test('GET', `/mails/${listed.id}`)
  assert.match(content.html, /Hello &lt;i&gt;A&lt;\/i&gt;,/)
  assert.match(content.text, /Hello <i>A<\/i>,/)
  const shown = await fetch(content.url.replace(/^.*\/api/, server.api))
  assert.equal(shown.status, 200)
  assert.match(
    shown.headers.get('content-security-policy') ?? '',
    /^sandbox allow-popups .*default-src 'none'/,
  )
  assert.match(await shown.text(), /Hello &lt;i&gt;A&lt;\/i&gt;,/)
  assert.equal((await fetch(`${server.api}/documents/${content.url.split('/').at(-1)}`)).status, 404)

  await tenant.session('PATCH', '/tenants/me', { settings: { emails: { testEnvironments: 'SEND' } } })
  const other = await issued(tenant.test)
  server.clock.advance({ seconds: 61 })
  assert.equal((await mailsTo(other.email)).length, 1)
})

test('a moved clock tells what happened on its way, as things stood then', async () => {
  const tenant = await newTenant(bare)
  const clock = (body: object) =>
    tenant.session('POST', `/tenants/me/environments/${environment}/clock`, body)
  const environments = (await tenant.session('GET', '/tenants/me/environments')).body.data
  const environment = environments.find(({ kind }: { kind: string }) => kind === 'TEST').id
  await clock({ now: '2026-01-10T09:00:00.000Z' })
  const { customer } = await payingCustomer(tenant.test, 'sandbox_insufficient_funds')
  const plan = await newPlan(tenant.test)
  await subscribe(tenant.test, { customerId: customer.id, planId: plan.id, trialDays: 14 })
  const moved = await clock({ advance: { days: 16 } })
  assert.equal(moved.status, 200, moved.text)
  const [invoice] = (await tenant.test('GET', `/invoices?customerId=${customer.id}`)).body.data
  const paid = await tenant.test('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
  assert.equal(paid.status, 200, paid.text)
  await mailAll(bare)
  const told = await kinds(tenant.test, customer.id)
  assert.deepEqual(told, [
    ['TRIAL_ENDING', 'CAUGHT'],
    ['INVOICE', 'CAUGHT'],
    ['REMINDER', 'PENDING'],
    ['PAYMENT_FAILED', 'CAUGHT'],
    ['RECEIPT', 'CAUGHT'],
  ])
  const failed = (await tenant.test('GET', `/mails?customerId=${customer.id}&kind=PAYMENT_FAILED`)).body
    .data[0]
  const { body: content } = await tenant.test('GET', `/mails/${failed.id}`)
  assert.equal(content.status, 'CAUGHT')
  assert.match(content.text, /KES.49\.99/)
  const trial = (await tenant.test('GET', `/mails?customerId=${customer.id}&kind=TRIAL_ENDING`)).body.data[0]
  assert.match(trial.subject, /Your trial of Pro ends on January 24, 2026/)
})

test('a kind that is turned off is not written, and nothing is said of an invoice over nothing', async () => {
  const tenant = await newTenant(server)
  await tenant.session('PATCH', '/tenants/me', { settings: { emails: { invoice: false, reminder: false } } })
  const off = await issued(tenant.live)
  await mailAll()
  await tenant.session('PATCH', '/tenants/me', { settings: { emails: null } })
  const nothing = await issued(tenant.live, {}, 0)
  server.clock.advance({ seconds: 61 })
  assert.deepEqual(await mailsTo(off.email), [])
  assert.deepEqual(await mailsTo(nothing.email), [])
  assert.deepEqual(await kinds(tenant.live, off.customerId), [])
  assert.deepEqual(await kinds(tenant.live, nothing.customerId), [])
})

test('a credit note is mailed with its PDF', async () => {
  const tenant = await newTenant(server)
  const { email, invoice } = await issued(tenant.live)
  const { body: note } = await tenant.live('POST', '/credit-notes', {
    invoiceId: invoice.id,
    amount: 80,
    reason: 'OTHER',
  })
  const [mail] = await mailsTo(email)
  assert.equal(mail?.subject, `Credit note ${note.number} from Acme`)
  assert.match(mail?.text ?? '', new RegExp(`KES.80\\.00 for invoice ${invoice.number}`))
  assert.equal(mail?.attachments[0]?.filename, `${note.number}.pdf`)
})

test('a tenant’s own mail server sends in its own name, and one that is away delays nobody else', async () => {
  const own = await startMailServer()
  const [mine, dead, other] = [await newTenant(server), await newTenant(server), await newTenant(server)]
  const smtp = {
    host: '127.0.0.1',
    port: own.port,
    user: 'kazi',
    password: 'secret',
    from: 'Kazi <bills@kazi.example>',
  }
  const emails = { replyTo: 'help@kazi.example' }
  const set = await mine.session('PATCH', '/tenants/me', { settings: { smtp, emails } })
  assert.equal(set.status, 200, set.text)
  await dead.session('PATCH', '/tenants/me', { settings: { smtp: { ...smtp, port: 1 } } })
  const lost = []
  for (let n = 0; n < 5; n++) lost.push(await issued(dead.live))
  const { email } = await issued(mine.live)
  const through = await issued(other.live)
  server.clock.advance({ seconds: 61 })
  assert.equal((await mailsTo(through.email)).length, 1)
  assert.deepEqual(await mailsTo(email), [])
  assert.equal(own.received[0]?.from?.text, '"Kazi" <bills@kazi.example>')
  assert.equal(own.received[0]?.replyTo?.text, 'help@kazi.example')
  assert.deepEqual([...new Set(own.logins)], ['kazi:secret'])
  for (const { customerId } of lost) {
    const [mail] = (await dead.live('GET', `/mails?customerId=${customerId}&kind=INVOICE`)).body.data
    assert.deepEqual([mail.status, mail.attempts], ['PENDING', 1])
    assert.match(mail.failure, /ECONNREFUSED/)
  }
})

test('a mail that no server takes is tried for a day and a half, then kept as failed, and can be sent again', async () => {
  const tenant = await newTenant(server)
  const { email, customerId } = await issued(tenant.live)
  server.clock.advance({ seconds: 61 })
  post.refuse = true
  const state = async () => {
    await mailAll()
    const [mail] = (await tenant.live('GET', `/mails?customerId=${customerId}&kind=INVOICE`)).body.data
    return mail
  }
  for (const [attempt, minutes] of [1, 5, 30, 120, 480, 1440].entries()) {
    const mail = await state()
    assert.deepEqual([mail.status, mail.attempts], ['PENDING', attempt + 1])
    assert.match(mail.failure, /not today/)
    server.clock.advance({ minutes, seconds: 1 })
  }
  const failed = await state()
  assert.deepEqual([failed.status, failed.attempts], ['FAILED', 7])
  post.refuse = false
  const again = await tenant.live('POST', `/mails/${failed.id}/resend`)
  assert.equal(again.status, 201, again.text)
  assert.equal((await mailsTo(email)).length, 1)
})

test('a mail whose process died is taken up by another, under the same id', async () => {
  const tenant = await newTenant(server)
  const { email, customerId } = await issued(tenant.live)
  server.clock.advance({ seconds: 61 })
  while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
  const [first] = await mailsTo(email)
  // As it stood when the mail was out and nothing had been written down yet.
  await rows(
    server,
    `update customer_mails set status = 'PENDING', due_at = occurred_at, again_at = now() + interval '100 years', sent_at = null
     where id in (select id from customer_mails where kind = 'INVOICE' and environment_id = $1)`,
    [tenant.liveEnvironmentId],
  )
  assert.equal((await mailsTo(email)).length, 1, 'nobody else touches it while the lease lasts')
  await rows(
    server,
    `update customer_mails set again_at = '2020-01-01' where environment_id = $1 and status = 'PENDING' and kind = 'INVOICE'`,
    [tenant.liveEnvironmentId],
  )
  const [, second, ...more] = await mailsTo(email)
  assert.equal(more.length, 0)
  assert.equal(second?.messageId, first?.messageId)
  const [told] = (await kinds(tenant.live, customerId)).filter(([kind]) => kind === 'INVOICE')
  assert.deepEqual(told, ['INVOICE', 'SENT'])
})

test('an invoice is mailed on request, also to another address; a draft, a voided one and one without a mail server are not', async () => {
  const tenant = await newTenant(server)
  const { email, invoice } = await issued(tenant.live)
  await tenant.live('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
  const accountant = newAddress()
  for (const body of [{}, { email: accountant }]) {
    const { status, body: mail, text } = await tenant.live('POST', `/invoices/${invoice.id}/send-email`, body)
    assert.equal(status, 200, text)
    assert.deepEqual([mail.kind, mail.status], ['INVOICE', 'PENDING'])
  }
  assert.match((await mailsTo(accountant))[0]?.text ?? '', /There is nothing to pay/)
  assert.ok((await mailsTo(email)).some(({ subject }) => subject === `Invoice ${invoice.number} from Acme`))
  const wrong = await tenant.live('POST', `/invoices/${invoice.id}/send-email`, { email: 'nobody' })
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'email'])

  const { id: customerId } = await newCustomer(tenant.live, { currency: 'KES' })
  const items = [{ description: 'Work', quantity: 1, unitAmount: 1 }]
  const { body: draft } = await tenant.live('POST', '/invoices', { customerId, items })
  const refused = await tenant.live('POST', `/invoices/${draft.id}/send-email`, {})
  assert.deepEqual([refused.status, refused.body.code], [409, 'invoice_not_issued'])

  const without = await newTenant(bare)
  const here = await issued(without.live)
  const unsent = await without.live('POST', `/invoices/${here.invoice.id}/send-email`, {})
  assert.deepEqual([unsent.status, unsent.body.code], [409, 'mail_not_configured'])
  await mailAll(bare)
  assert.deepEqual(await kinds(without.live, here.customerId), [])
})

test('a credit note is mailed on request', async () => {
  const tenant = await newTenant(server)
  const { invoice } = await issued(tenant.live)
  const { body: note } = await tenant.live('POST', '/credit-notes', {
    invoiceId: invoice.id,
    amount: 8,
    reason: 'OTHER',
  })
  const accountant = newAddress()
  const sent = await tenant.live('POST', `/credit-notes/${note.id}/send-email`, { email: accountant })
  assert.equal(sent.status, 200, sent.text)
  assert.equal((await mailsTo(accountant))[0]?.attachments.length, 1)
})

test('a customer who is erased is erased from the mails too, and gets none any more', async () => {
  const tenant = await newTenant(server)
  const name = 'Unforgettable Person'
  const { email, customerId } = await issued(tenant.live, { name })
  server.clock.advance({ seconds: 61 })
  assert.equal((await mailsTo(email)).length, 1)
  const gone = await tenant.live('DELETE', `/customers/${customerId}?cascade=true`)
  assert.equal(gone.status, 204, gone.text)
  await mailAll()
  const kept = await rows(
    server,
    `select m::text as row, status from customer_mails m where environment_id = $1`,
    [tenant.liveEnvironmentId],
  )
  assert.equal(kept.length, 2)
  for (const { row } of kept) assert.ok(!String(row).includes(email) && !String(row).includes(name))
  server.clock.advance({ days: 40 })
  assert.equal((await mailsTo(email)).length, 1)
})

test('a failed charge is told of with what is due', async () => {
  const tenant = await newTenant(server)
  await tenant.session('PATCH', '/tenants/me', { settings: { emails: { testEnvironments: 'SEND' } } })
  const email = newAddress()
  const { customer } = await payingCustomer(tenant.test, 'sandbox_insufficient_funds', { email })
  await subscribe(tenant.test, { customerId: customer.id })
  await collect(server)
  const [mail] = await mailsTo(email)
  assert.equal(mail?.subject, 'Your payment to Acme did not go through')
  assert.match(mail?.text ?? '', /could not collect KES.49\.99/)
})

test('a mail of long ago is not sent: the server was away, and its news are old', async () => {
  const tenant = await newTenant(server)
  const { email, customerId } = await issued(tenant.live)
  server.clock.advance({ days: 8 })
  assert.deepEqual(await mailsTo(email), [])
  assert.deepEqual(await kinds(tenant.live, customerId), [])
})

test('a mail of another environment does not exist', async () => {
  const [tenant, stranger] = [await newTenant(server), await newTenant(server)]
  const { invoice } = await unpaidInvoice(tenant.test)
  const { body: mail } = await tenant.test('POST', `/invoices/${invoice.id}/send-email`, {})
  for (const as of [stranger.test, tenant.live]) {
    const { status, body } = await as('GET', `/mails/${mail.id}`)
    assert.deepEqual([status, body.code], [404, 'mail_not_found'])
  }
})
