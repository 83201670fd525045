import { type Pool, type PooledConnection, isAnswered, sqlState } from './pool.ts'
import { type BatchResult, rowsOf } from './batch.ts'
import { type Bound, type Columns, type RowOf, command, instant, nullable, statement } from './statement.ts'

/** Whose rows a transaction may see: one tenant's account, or one environment's data. */
export type Scope = { readonly tenantId: string; readonly environmentId?: string; readonly isTest?: boolean }

/** What a verb works with: the scope's own time, reads, and writes. */
export type Tx = {
  /** The scope's instant: the real one, or a test environment's clock. */
  readonly now: Temporal.Instant
  readonly scope: Scope
  /** Sends what was deferred and then this, and gives its rows. */
  query<C extends Columns>(bound: Bound<C>): Promise<RowOf<C>[]>
  /** Sends several at once, in order, in one round trip. */
  queryAll<const B extends readonly Bound[]>(
    bounds: B,
  ): Promise<{ [K in keyof B]: RowOf<B[K]['statement']['columns']>[] }>
  /** A write whose answer is not needed: it travels with the next query or with the commit. */
  defer(bound: Bound): void
  /**
   * Does a part of the operation that may fail without failing it: what it wrote is taken back then, and its error is
   * given. What is not about the rows themselves (a deadlock, a time-out, a lost connection) is thrown all the same.
   */
  attempt(part: () => Promise<void>): Promise<unknown>
  /** Runs after the commit, if it comes to that: waking a loop, never an effect that must not be lost. */
  afterCommit(act: () => void): void
  /**
   * Moves `now` on to an instant that has passed on another process's clock, or while this one waited for a lock: what
   * comes after a change cannot take effect before it.
   */
  notBefore(instant: Temporal.Instant): void
}

/** Statements that travel with a transaction's first and last message. */
export type Around<R> = {
  /** Sent with the first message when the transaction reads before it writes; may throw to end it. */
  readonly first?: { bound: Bound; check: (rows: Record<string, unknown>[]) => void }
  /** Made from the result, sent just before the commit. */
  readonly last?: (result: R) => readonly Bound[]
}

const begin = command('tx.begin', 'begin')
const commit = command('tx.commit', 'commit')
const rollback = command('tx.rollback', 'rollback')
const savepoint = command('tx.savepoint', 'savepoint part')
const release = command('tx.release', 'release savepoint part')
const rollbackPart = command('tx.rollback_part', 'rollback to savepoint part')
const setScope = command(
  'tx.set_scope',
  `select set_config('nova.tenant', $1, true), set_config('nova.environment', $2, true)`,
)
const readClock = statement(
  'tx.read_clock',
  `select clock_now from environments where id = $1::uuid for share`,
  { clock_now: nullable(instant) },
)

/** Faults of values, constraints and functions: those of the rows that a statement met. */
const ofRows = /^(22|23|P0|XX)/
const retried = new Set(['40001', '40P01'])
const attempts = 5

/**
 * Runs one operation as one transaction that sees one scope only.
 *
 * Nothing is sent before the first read. An operation that only defers writes goes out whole, as one message
 * and one implicit transaction: scope, writes, and what `around.last` adds. One that reads first pays a round
 * trip for each read and one for the commit. A serialization failure or a deadlock runs it again.
 */
export async function transaction<R>(
  pool: Pool,
  options: { scope: Scope; now: Temporal.Instant; around?: Around<R> },
  work: (tx: Tx) => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new OpenTransaction(pool, options.scope, options.now, options.around).run(work)
    } catch (error) {
      if (attempt >= attempts || !retried.has(sqlState(error) ?? '')) throw error
    }
  }
}

/** What a rehearsal came to, on its way out of its transaction. */
class Rehearsed<R> extends Error {
  readonly result: R

  constructor(result: R) {
    super('rehearsed')
    this.result = result
  }
}

/**
 * Runs one operation as `transaction` does, gives what it came to, and rolls it back: nothing of it stays, and nothing is
 * woken. `work` ends with a read, so that all its writes have been made.
 */
export async function rehearse<R>(
  pool: Pool,
  options: { scope: Scope; now: Temporal.Instant },
  work: (tx: Tx) => Promise<R>,
): Promise<R> {
  try {
    return await transaction<R>(pool, options, async (tx) => {
      throw new Rehearsed(await work(tx))
    })
  } catch (error) {
    if (error instanceof Rehearsed) return error.result
    throw error
  }
}

/** Reads in one scope, each call one round trip and one snapshot a statement. */
export function reader(pool: Pool, scope: Scope): Pick<Tx, 'query' | 'queryAll' | 'scope'> {
  const send = async (bounds: readonly Bound[]): Promise<BatchResult> =>
    (await pool.send([setScope(scope.tenantId, scope.environmentId ?? ''), ...bounds])).slice(1)
  return {
    scope,
    async query(bound) {
      const [result] = await send([bound])
      return rowsOf(bound, result)
    },
    async queryAll(bounds) {
      const results = await send(bounds)
      return bounds.map((bound, index) => rowsOf(bound, results[index])) as never
    },
  }
}

export type Reader = ReturnType<typeof reader>

class OpenTransaction<R> implements Tx {
  now: Temporal.Instant
  readonly scope: Scope
  readonly #pool: Pool
  readonly #around: Around<R> | undefined
  readonly #afterCommit: (() => void)[] = []
  #deferred: Bound[] = []
  #connection: PooledConnection | undefined
  #broken = false

  constructor(pool: Pool, scope: Scope, now: Temporal.Instant, around: Around<R> | undefined) {
    this.#pool = pool
    this.scope = scope
    this.now = now
    this.#around = around
  }

  async run(work: (tx: Tx) => Promise<R>): Promise<R> {
    try {
      if (this.scope.isTest) await this.#open([])
      const result = await work(this)
      const last = this.#around?.last?.(result) ?? []
      if (this.#connection) await this.#send([...this.#takeDeferred(), ...last, commit()])
      else if (this.#deferred.length + last.length > 0) {
        await this.#pool.send([this.#scoped(), ...this.#takeDeferred(), ...last])
      }
      for (const act of this.#afterCommit) act()
      return result
    } catch (error) {
      if (this.#connection && !this.#broken) await this.#send([rollback()]).catch(() => (this.#broken = true))
      throw error
    } finally {
      this.#connection?.release(this.#broken)
    }
  }

  async query<C extends Columns>(bound: Bound<C>): Promise<RowOf<C>[]> {
    const [result] = await this.#sendAll([bound])
    return rowsOf(bound, result)
  }

  async queryAll<const B extends readonly Bound[]>(
    bounds: B,
  ): Promise<{ [K in keyof B]: RowOf<B[K]['statement']['columns']>[] }> {
    const results = await this.#sendAll(bounds)
    return bounds.map((bound, index) => rowsOf(bound, results[index])) as never
  }

  defer(bound: Bound): void {
    this.#deferred.push(bound)
  }

  async attempt(part: () => Promise<void>): Promise<unknown> {
    await this.#sendAll([savepoint()])
    const [now, acts] = [this.now, this.#afterCommit.length]
    try {
      await part()
      await this.#sendAll([release()])
      return undefined
    } catch (error) {
      const state = sqlState(error)
      if (this.#broken || (state !== undefined && !ofRows.test(state))) throw error
      this.#deferred = []
      this.#afterCommit.length = acts
      this.now = now
      await this.#sendAll([rollbackPart(), release()])
      return error
    }
  }

  afterCommit(act: () => void): void {
    this.#afterCommit.push(act)
  }

  notBefore(instant: Temporal.Instant): void {
    if (Temporal.Instant.compare(instant, this.now) > 0) this.now = instant
  }

  async #sendAll(bounds: readonly Bound[]): Promise<BatchResult> {
    if (!this.#connection) return this.#open(bounds)
    const before = this.#takeDeferred()
    return (await this.#send([...before, ...bounds])).slice(before.length)
  }

  async #open(bounds: readonly Bound[]): Promise<BatchResult> {
    this.#connection = await this.#pool.connect()
    const first = this.#around?.first
    const opening: Bound[] = [begin(), this.#scoped()]
    const clockAt = this.scope.isTest ? opening.push(readClock(this.scope.environmentId ?? '')) - 1 : -1
    const firstAt = first ? opening.push(first.bound) - 1 : -1
    opening.push(...this.#takeDeferred())
    const results = await this.#send([...opening, ...bounds])
    const clock = results[clockAt]?.rows[0]?.['clock_now']
    if (clock instanceof Temporal.Instant) this.now = clock
    if (first) first.check(results[firstAt]?.rows ?? [])
    return results.slice(opening.length)
  }

  #scoped(): Bound {
    return setScope(this.scope.tenantId, this.scope.environmentId ?? '')
  }

  #takeDeferred(): Bound[] {
    const deferred = this.#deferred
    this.#deferred = []
    return deferred
  }

  async #send(bounds: readonly Bound[]): Promise<BatchResult> {
    const connection = this.#connection
    if (!connection) throw new Error('a transaction was used before it was opened')
    try {
      return await connection.send(bounds)
    } catch (error) {
      if (!isAnswered(error)) this.#broken = true
      throw error
    }
  }
}
