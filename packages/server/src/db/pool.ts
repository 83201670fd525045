import pg from 'pg'
import { Batch, type BatchResult, rowsOf } from './batch.ts'
import type { Bound, Columns, RowOf } from './statement.ts'

export type PoolOptions = {
  readonly url: string
  readonly max: number
  readonly name: string
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
  /**
   * Whether a commit waits until it is on the disk; it does unless told. Where it does not, a crash loses the last of what
   * was committed, but nothing out of order: a later commit that waits takes all before it along.
   */
  readonly waitsForDisk?: boolean
  /**
   * Whether a statement keeps the plan it was first given, whatever its values. The same few statements, each for a
   * handful of rows, are otherwise planned again and again at more than they cost to run.
   */
  readonly plansOnce?: boolean
}

/** One connection, held for a transaction. */
export type PooledConnection = {
  send(bounds: readonly Bound[]): Promise<BatchResult>
  /** Gives it back; `broken` closes it instead. */
  release(broken?: boolean): void
}

/** A bounded set of connections of one role. */
export class Pool {
  /** Whom it connects as, and where: for a connection beside the pool. */
  readonly url: string
  readonly #pool: pg.Pool

  constructor(options: PoolOptions) {
    this.url = options.url
    const settings = {
      timezone: 'UTC',
      datestyle: 'ISO',
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      lock_timeout: options.lockTimeoutMs ?? 3000,
      idle_in_transaction_session_timeout: 15_000,
      // A killed process's waiting update is otherwise applied after its death.
      client_connection_check_interval: 500,
      ...(options.waitsForDisk === false ? { synchronous_commit: 'off' } : {}),
      ...(options.plansOnce ? { plan_cache_mode: 'force_generic_plan' } : {}),
    }
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.max,
      application_name: options.name,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    })
    // An idle connection that dies is replaced at its next use; the one who uses it then learns of a failure.
    this.#pool.on('error', () => {})
    // One that dies while it is held says so to nobody but its next statement, which fails.
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async connect(): Promise<PooledConnection> {
    const client = await this.#pool.connect()
    return {
      send: (bounds) =>
        new Promise((resolve, reject) => {
          client.query(
            new Batch(bounds, (error, results) => (error ? reject(located(error)) : resolve(results ?? []))),
          )
        }),
      release: (broken = false) => client.release(broken),
    }
  }

  /** Sends statements as one implicit transaction, in one round trip. */
  async send(bounds: readonly Bound[]): Promise<BatchResult> {
    const connection = await this.connect()
    let broken = true
    try {
      const results = await connection.send(bounds)
      broken = false
      return results
    } catch (error) {
      broken = !isAnswered(error)
      throw error
    } finally {
      connection.release(broken)
    }
  }

  /** The rows of one statement, outside any environment: for a role or a function that needs none. */
  async query<C extends Columns>(bound: Bound<C>): Promise<RowOf<C>[]> {
    const [result] = await this.send([bound])
    return rowsOf(bound, result)
  }

  /** How many connections are open, idle, and how many callers wait for one. */
  get counts(): { open: number; idle: number; waiting: number } {
    return { open: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  end(): Promise<void> {
    return this.#pool.end()
  }
}

/** True when PostgreSQL itself answered with an error, so the connection is still good. */
export function isAnswered(error: unknown): boolean {
  const code = sqlState(error)
  return code !== undefined && !code.startsWith('57P') && !code.startsWith('08')
}

/** The five-character SQLSTATE of an error that PostgreSQL answered with. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** The constraint that a write ran into, if it was one. */
export function violatedConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') && error instanceof Error && 'constraint' in error
    ? String(error.constraint)
    : undefined
}

function located(error: Error): Error {
  Error.captureStackTrace(error, located)
  return error
}
