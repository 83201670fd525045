import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createRenderer, renderInvoicePdf } from '../src/documents/index.ts'
import { Refusal } from '../src/refusal.ts'
import { typeset, noProc, noPoppler, invoice, digest, textOf, isAlive, until } from './printed-story.ts'

// --- long and hostile

test('500 lines run over pages, each with the head of the table and its number', { skip: noPoppler }, () => {
  const lines = Array.from({ length: 500 }, (_, index) => ({
    description: `Seat ${index + 1}.`,
    quantity: '1',
    unitAmount: '1',
    amountMinor: 1n,
  }))
  const pages = textOf(typeset({ ...invoice, lines }))
    .split('\f')
    .slice(0, -1)
  assert.ok(pages.length > 10)
  for (const [index, page] of pages.entries()) {
    assert.match(page, /Description\s+Quantity\s+Unit price\s+Amount \(UGX\)/u)
    assert.ok(page.includes(`Page ${index + 1} of ${pages.length}`))
  }
  for (const { description } of lines)
    assert.ok(
      pages.some((page) => page.includes(description)),
      description,
    )
})

test('a text of 10 kB breaks over pages and loses nothing', { skip: noPoppler }, () => {
  const description = '#{'.repeat(5000)
  const text = textOf(
    typeset({ ...invoice, lines: [{ description, quantity: '1', unitAmount: '1', amountMinor: 1n }] }),
  )
  assert.equal(text.match(/#/gu)?.length, 5000)
})

// --- the process

test('a document is set off the event loop and comes out as it does on it', async () => {
  const before = performance.eventLoopUtilization()
  const pdfs = await Promise.all(
    Array.from({ length: 40 }, (_, index) => renderInvoicePdf({ ...invoice, number: `INV-${index}` })),
  )
  assert.ok(performance.eventLoopUtilization(before).utilization < 0.5)
  assert.equal(digest(pdfs[7] ?? new Uint8Array()), digest(typeset({ ...invoice, number: 'INV-7' })))
})

test('a document that cannot be set fails alone', async () => {
  const [broken, next] = await Promise.allSettled([
    renderInvoicePdf({ ...invoice, dueOn: '2026-02-31' }),
    renderInvoicePdf(invoice),
  ])
  assert.equal(broken.status, 'rejected')
  assert.equal(next.status, 'fulfilled')
})

test('more documents than may wait are refused as overloaded', async () => {
  const renderer = createRenderer({ mostWaiting: 2 })
  const [first, second, third, fourth] = await Promise.allSettled(
    Array.from({ length: 4 }, () => renderer.render(invoice)),
  )
  assert.deepEqual([first?.status, second?.status, third?.status], ['fulfilled', 'fulfilled', 'fulfilled'])
  assert.ok(fourth?.status === 'rejected' && fourth.reason instanceof Refusal && fourth.reason.status === 503)
  renderer.close()
})

test('a document that takes too long loses its process, and the next one gets a fresh one', async () => {
  const lines = Array.from({ length: 60_000 }, () => ({
    description: 'x',
    quantity: '1',
    unitAmount: null,
    amountMinor: 1n,
  }))
  const renderer = createRenderer({ timeoutMs: 1500 })
  const [slow, next] = await Promise.allSettled([
    renderer.render({ ...invoice, lines }),
    renderer.render(invoice),
  ])
  assert.ok(slow.status === 'rejected' && /longer than 1500 ms/u.test(String(slow.reason)))
  assert.equal(next.status, 'fulfilled')
  renderer.close()
})

test('a picture that ends the process costs the invoice its logo and nothing else', async () => {
  const renderer = createRenderer()
  const nested = `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(60_000)}${'</g>'.repeat(60_000)}</svg>`
  const logo = { type: 'image/svg+xml', bytes: Buffer.from(nested) } as const
  const [hostile, next] = await Promise.all([renderer.render({ ...invoice, logo }), renderer.render(invoice)])
  assert.equal(digest(hostile), digest(next))
  renderer.close()
})

test(
  'the compiler starts with the first document, in a process of its own without our secrets',
  { skip: noProc },
  async () => {
    const program = `
    import { renderInvoicePdf } from ${JSON.stringify(new URL('../src/documents/index.ts', import.meta.url).href)}
    import { readFileSync } from 'node:fs'
    const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ').filter(Boolean)
    const before = children().length
    const { length } = await renderInvoicePdf({ kind: 'INVOICE', number: 'I', status: 'PENDING', currency: 'UGX', locale: 'en',
      issuedOn: '2026-11-30', dueOn: null, paidOn: null, from: { name: 'A', address: [] }, billTo: { name: 'B', address: [] },
      lines: [], subtotalMinor: 0n, discountMinor: 0n, taxes: [], totalMinor: 0n, paidMinor: 0n, creditedMinor: 0n, dueMinor: 0n })
    const [child] = children()
    const environment = readFileSync('/proc/' + child + '/environ', 'utf8')
    const hasCompiler = readFileSync('/proc/self/maps', 'utf8').includes('typst')
    console.log(JSON.stringify({ before, child, hasCompiler, knows: environment.includes('a-secret'), isPdf: length > 1000 }))`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, JWT_SECRET: 'a-secret' },
    })
    assert.equal(run.signal, null, 'an idle renderer must let its process end')
    const { child, ...seen }: { child?: string } = JSON.parse(run.stdout || '{}')
    assert.deepEqual(seen, { before: 0, hasCompiler: false, knows: false, isPdf: true }, run.stderr)
    await until(() => !isAlive(Number(child)), 'the process that sets documents must end with its parent')
  },
)

test('memory does not grow with the documents that were set', async () => {
  const set = async (from: number, count: number) => {
    for (let index = from; index < from + count; index++) {
      typeset({ ...invoice, number: `INV-${index}`, totalMinor: BigInt(index * 7919) })
      await nextTurn()
    }
    return process.memoryUsage.rss()
  }
  // The heap finds its size over the first hundreds; a leak of a document's size would go on growing after.
  await set(0, 400)
  const before = await set(400, 200)
  const later = await set(600, 400)
  assert.ok(later - before < 60_000_000, `${((later - before) / 1e6).toFixed(0)} MB more after 400 documents`)
})
