import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Scope, type Tx, transaction } from '../db/transaction.ts'
import type { Deps } from '../deps.ts'
import { type Answer, type Idempotency, Replay } from './idempotency.ts'

/**
 * An operation with an effect outside the database. `begin` writes down in one transaction what shall happen and
 * gives the id of its row; `finish` brings it about and answers. `finish` runs again for the same row when a
 * request is repeated with its Idempotency-Key after a crash, so it asks what has happened before it acts.
 */
export type Staged<C, R> = {
  readonly begin: (tx: Tx, call: C) => Promise<string>
  readonly finish: (id: string, call: C, begun: { readonly before: boolean }) => Promise<R>
}

export type StagedCall = {
  readonly deps: Deps
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * Runs both stages. The Idempotency-Key is taken in the transaction of `begin`, together with the row's id, and
 * gets its answer after `finish`: so at no moment can a repeat begin a second time.
 */
export async function performStaged<C extends StagedCall>(
  work: Staged<C, unknown>,
  call: C,
  scope: Scope,
  idempotency: Idempotency | undefined,
  toAnswer: (result: unknown) => Answer,
): Promise<{ answer: Answer; replayed: boolean }> {
  const { deps } = call
  const started = await begin(work, call, scope, idempotency)
  if (started instanceof Replay) return { answer: started.answer, replayed: true }
  const answer = toAnswer(await work.finish(started.id, call, { before: started.before }))
  if (!idempotency) return { answer, replayed: false }
  const kept = await transaction(deps.db, { scope, now: deps.clock.now() }, (tx) =>
    tx.query(idempotency.complete(answer)),
  )
  if (kept.length > 0) return { answer, replayed: false }
  // Another request with this key went on with the same row and was faster: its answer is the answer.
  const other = await idempotency.current()
  return other instanceof Replay ? { answer: other.answer, replayed: true } : { answer, replayed: false }
}

async function begin<C extends StagedCall>(
  work: Staged<C, unknown>,
  call: C,
  scope: Scope,
  idempotency: Idempotency | undefined,
): Promise<Replay | { id: string; before: boolean }> {
  const { deps } = call
  try {
    const around = idempotency ? { around: idempotency.aroundBegin() } : {}
    const id = await transaction(deps.db, { scope, now: deps.clock.now(), ...around }, (tx) =>
      work.begin(tx, call),
    )
    return { id, before: false }
  } catch (error) {
    const earlier = await idempotency?.earlierThan(error)
    if (earlier === undefined) throw error
    return earlier instanceof Replay ? earlier : { id: earlier.id, before: true }
  }
}
