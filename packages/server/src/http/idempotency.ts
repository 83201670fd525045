import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { violatedConstraint } from '../db/pool.ts'
import { type Bound, type RowOf, bytes, command, integer, statement, text } from '../db/statement.ts'
import { type Around, type Scope, reader } from '../db/transaction.ts'
import { equalBytes } from '../secrets.ts'
import { Refusal, invalid } from '../refusal.ts'

/** How long an answer can be asked for again. */
export const keptHours = 24

/** A stored answer: the status and the very bytes. */
export type Answer = { readonly status: number; readonly body: string }

/** This request has been answered before. */
export class Replay extends Error {
  override readonly name = 'Replay'
  readonly answer: Answer

  constructor(answer: Answer) {
    super('answered before')
    this.answer = answer
  }
}

/** This request was begun before, and its answer is still to come. */
export class Begun extends Error {
  override readonly name = 'Begun'
  /** The row that the first stage wrote. */
  readonly id: string

  constructor(id: string) {
    super('begun before')
    this.id = id
  }
}

/** The status of a request that has been begun: its stored body is the id of the row it wrote. */
const begunStatus = 0

const stored = { fingerprint: bytes, status: integer, body: text }
const storedSealed = { fingerprint: bytes, status: integer, body: bytes }

const findAnswer = statement(
  'idempotency.find',
  `select fingerprint, status, body from idempotency_keys
   where environment_id = $1::uuid and key = $2 and created_at > $3::timestamptz`,
  stored,
)
const keepAnswer = command(
  'idempotency.keep',
  `insert into idempotency_keys (environment_id, key, fingerprint, status, body, created_at)
   values ($1::uuid, $2, $3, $4, $5, $6)`,
)
const completeAnswer = statement(
  'idempotency.complete',
  `update idempotency_keys set status = $3, body = $4
   where environment_id = $1::uuid and key = $2 and status = 0
   returning status`,
  { status: integer },
)
const completeAccountAnswer = statement(
  'idempotency.complete_account',
  `update account_idempotency_keys set status = $3, body = $4
   where tenant_id = $1::uuid and key = $2 and status = 0
   returning status`,
  { status: integer },
)
const findAccountAnswer = statement(
  'idempotency.find_account',
  `select fingerprint, status, body from account_idempotency_keys
   where tenant_id = $1::uuid and key = $2 and created_at > $3::timestamptz`,
  storedSealed,
)
const keepAccountAnswer = command(
  'idempotency.keep_account',
  `insert into account_idempotency_keys (tenant_id, key, fingerprint, status, body, created_at)
   values ($1::uuid, $2, $3, $4, $5, $6)`,
)
/** An hour beyond the 24, so that no answer expires between the look-up and the insert of the same key. */
export const forgetAnswers = command(
  'idempotency.forget',
  `delete from idempotency_keys where created_at < $1::timestamptz`,
)
export const forgetAccountAnswers = command(
  'idempotency.forget_account',
  `delete from account_idempotency_keys where created_at < $1::timestamptz`,
)

/** The request's Idempotency-Key, bare or quoted (IETF draft: a structured-field string). */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined || request.method !== 'POST') return undefined
  const key = /^"(.*)"$/.exec(String(header))?.[1] ?? String(header)
  if (!/^[\u0021-\u007e]{1,255}$/.test(key)) {
    throw invalid({ path: 'Idempotency-Key', message: 'must be 1 to 255 visible characters' })
  }
  return key
}

/** Method, path and body as one hash; the order of a body's fields does not matter. */
export function fingerprint(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${canonical(request.body)}`)
    .digest()
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** One request's place among the stored answers of its scope. */
export class Idempotency {
  readonly #deps: Deps
  readonly #scope: Scope
  readonly #key: string
  readonly #fingerprint: Buffer
  /** An answer of an environment that carries a secret; those of an account are always sealed. */
  readonly #secret: boolean

  constructor(deps: Deps, scope: Scope, key: string, print: Buffer, secret: boolean) {
    this.#deps = deps
    this.#scope = scope
    this.#key = key
    this.#fingerprint = print
    this.#secret = secret
  }

  /** What the transaction sends with its first and last message, so that the answer commits with its effect. */
  around<R>(answer: (result: R) => Answer): Around<R> {
    return {
      first: { bound: this.#find(), check: (rows) => this.#check(rows) },
      last: (result) => [this.#keep(answer(result))],
    }
  }

  /**
   * The answer of a request that ran at the same time and won: its key stood in the way of ours, or what it did
   * made ours impossible.
   */
  async afterFailure(error: unknown): Promise<Answer | undefined> {
    const earlier = await this.earlierThan(error)
    if (earlier instanceof Begun) throw new Refusal('idempotency_key_in_use')
    return earlier?.answer
  }

  /** The same, for an operation in stages: what was answered, or begun, before `error` stopped this request. */
  async earlierThan(error: unknown): Promise<Replay | Begun | undefined> {
    if (error instanceof Replay || error instanceof Begun) return error
    if (!(error instanceof Refusal) && violatedConstraint(error) === undefined) return undefined
    return this.current()
  }

  /** What is stored under this key now. */
  async current(): Promise<Replay | Begun | undefined> {
    const rows = await reader(this.#deps.db, this.#scope).query(this.#find())
    try {
      this.#check(rows)
    } catch (found) {
      if (found instanceof Replay || found instanceof Begun) return found
      throw found
    }
    return undefined
  }

  /** What the first stage of an operation in stages sends along: the key, with the id of the row it wrote. */
  aroundBegin(): Around<string> {
    return this.around((id) => ({ status: begunStatus, body: id }))
  }

  /** Puts the answer in the place of the id; no row when there is an answer already. */
  complete(answer: Answer): Bound<{ status: typeof integer }> {
    const { environmentId, tenantId } = this.#scope
    return environmentId === undefined
      ? completeAccountAnswer(
          tenantId,
          this.#key,
          answer.status,
          this.#deps.sealer.seal(answer.body, this.#place()),
        )
      : completeAnswer(environmentId, this.#key, answer.status, this.#kept(answer.body))
  }

  #find(): Bound {
    const since = this.#deps.clock.now().subtract({ hours: keptHours })
    const { environmentId, tenantId } = this.#scope
    return environmentId === undefined
      ? findAccountAnswer(tenantId, this.#key, since)
      : findAnswer(environmentId, this.#key, since)
  }

  #keep(answer: Answer): Bound {
    const { environmentId, tenantId } = this.#scope
    const now = this.#deps.clock.now()
    return environmentId === undefined
      ? keepAccountAnswer(
          tenantId,
          this.#key,
          this.#fingerprint,
          answer.status,
          this.#deps.sealer.seal(answer.body, this.#place()),
          now,
        )
      : keepAnswer(
          environmentId,
          this.#key,
          this.#fingerprint,
          answer.status,
          answer.status === begunStatus ? answer.body : this.#kept(answer.body),
          now,
        )
  }

  #check(rows: Record<string, unknown>[]): void {
    const [row] = rows as RowOf<typeof stored | typeof storedSealed>[]
    if (!row) return
    if (!equalBytes(row.fingerprint, this.#fingerprint)) throw new Refusal('idempotency_key_reused')
    const body = typeof row.body === 'string' ? row.body : this.#deps.sealer.open(row.body, this.#place())
    if (row.status === begunStatus) throw new Begun(body)
    const isSealed = this.#secret && typeof row.body === 'string'
    const answer = isSealed ? this.#deps.sealer.open(Buffer.from(body, 'base64'), this.#place()) : body
    throw new Replay({ status: row.status, body: answer })
  }

  #kept(body: string): string {
    return this.#secret ? this.#deps.sealer.seal(body, this.#place()).toString('base64') : body
  }

  #place(): string {
    const { environmentId, tenantId } = this.#scope
    return environmentId === undefined
      ? `${tenantId}|account_idempotency_keys|${this.#key}|body`
      : `${environmentId}|idempotency_keys|${this.#key}|body`
  }
}
