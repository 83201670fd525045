import assert from 'node:assert/strict'
import { verify } from '../src/verify.ts'
import type { Caller, TestServer } from './harness.ts'
import { rows, stored } from './payment-story.ts'

/** Credits an invoice; what it gives is the credit note. */
export async function creditNote(as: Caller, body: { invoiceId: string; [field: string]: unknown }) {
  const { status, body: note, text } = await as('POST', '/credit-notes', { reason: 'OTHER', ...body })
  assert.equal(status, 201, text)
  return note
}

/** An answer that is this refusal. */
export function refused(
  answer: { status: number; body: { code?: string }; text: string },
  code: string,
  status = 409,
): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text)
}

/** Every promise about what is stored. */
export async function everythingHolds(server: TestServer): Promise<void> {
  for await (const { name, breaches } of verify(server.deps.workerDb)) assert.deepEqual(breaches, [], name)
}

/** What a document moved in the books, by account, in minor units. */
export async function booked(server: TestServer, { id }: { id: string }): Promise<Record<string, number>> {
  const found = await rows(
    server,
    `select account, sum(amount_minor)::int as minor from ledger_entries where document_id = $1
     group by account having sum(amount_minor) <> 0 order by account`,
    [stored(id)],
  )
  return Object.fromEntries(found.map(({ account, minor }) => [String(account), Number(minor)]))
}
