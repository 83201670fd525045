import type { Connection } from 'pg'
import { type Bound, type Columns, type RowOf, toWire } from './statement.ts'

type Known = { readonly parsers: readonly { name: string; parse: (text: string) => unknown }[] }
type ConnectionState = { known: Map<string, Known>; doubtful: Set<string> }

const states = new WeakMap<Connection, ConnectionState>()

type PgConnection = Connection & {
  stream: { cork(): void; uncork(): void }
  parse(message: { name: string; text: string }): void
  bind(message: {
    portal: string
    statement: string
    values: unknown[]
    valueMapper: (value: never) => unknown
  }): void
  describe(message: { type: 'S' | 'P'; name: string }): void
  execute(message: { portal: string }): void
  close(message: { type: 'S' | 'P'; name: string }): void
  sync(): void
}

/** The rows of each statement of a batch, and how many rows each one touched. */
export type BatchResult = { rows: Record<string, unknown>[]; count: number }[]

/**
 * Several prepared statements in one message to the server and one Sync behind them: one round trip, and
 * one implicit transaction when none is open (PostgreSQL docs, "Extended Query", pipelining). This is what
 * lets row-level security travel with the query at no cost.
 *
 * It is a `Submittable` of pg: the client calls the handle… methods as the answers come in.
 */
export class Batch {
  readonly #bounds: readonly Bound[]
  readonly #results: BatchResult = []
  readonly #fresh = new Set<number>()
  #state: ConnectionState | undefined
  #failed = false
  /** Set by pg when it takes the batch. */
  callback: (error: Error | null, results?: BatchResult) => void

  constructor(bounds: readonly Bound[], callback: (error: Error | null, results?: BatchResult) => void) {
    this.#bounds = bounds
    this.callback = callback
  }

  submit(connection: Connection): Error | null {
    const wire = connection as PgConnection
    const state = states.get(connection) ?? { known: new Map(), doubtful: new Set() }
    states.set(connection, state)
    this.#state = state
    const parsedHere = new Set<string>()
    wire.stream.cork()
    try {
      for (const [index, { statement, values }] of this.#bounds.entries()) {
        const name = statement.name
        if (name === '' || (!state.known.has(name) && !parsedHere.has(name))) {
          if (state.doubtful.delete(name)) wire.close({ type: 'S', name })
          wire.parse({ name, text: statement.text })
          wire.describe({ type: 'S', name })
          parsedHere.add(name)
          this.#fresh.add(index)
        }
        wire.bind({ portal: '', statement: name, values: values as unknown[], valueMapper: toWire })
        wire.execute({ portal: '' })
        this.#results.push({ rows: [], count: 0 })
      }
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
    return null
  }

  #index = 0
  #fields: Known | undefined

  handleRowDescription(message: { fields: { name: string; dataTypeID: number }[] }): void {
    const columns: Columns = this.#bounds[this.#index]?.statement.columns ?? {}
    this.#fields = {
      parsers: message.fields.map((field) => ({
        name: field.name,
        parse: columns[field.name]?.parse ?? String,
      })),
    }
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const statement = this.#bounds[this.#index]?.statement
    const known = this.#fields ?? this.#state?.known.get(statement?.name ?? '')
    if (!known) return
    const row: Record<string, unknown> = {}
    for (let index = 0; index < known.parsers.length; index++) {
      const parser = known.parsers[index]
      const field = message.fields[index]
      if (parser) row[parser.name] = field === null || field === undefined ? null : parser.parse(field)
    }
    this.#results[this.#index]?.rows.push(row)
  }

  handleCommandComplete(message: { text: string }): void {
    const result = this.#results[this.#index]
    const count = Number(/\d+$/.exec(message.text)?.[0] ?? 0)
    if (result) result.count = count
    this.#advance()
  }

  handleEmptyQuery(): void {
    this.#advance()
  }

  handlePortalSuspended(): void {
    this.#advance()
  }

  #advance(): void {
    const name = this.#bounds[this.#index]?.statement.name ?? ''
    if (this.#fresh.has(this.#index) && name !== '')
      this.#state?.known.set(name, this.#fields ?? { parsers: [] })
    this.#fields = undefined
    this.#index++
  }

  handleError(error: Error): void {
    if (this.#failed) return
    this.#failed = true
    // The failing statement may or may not have been parsed, those behind it were skipped: parse them anew,
    // closing the name first, which is never an error.
    for (const index of this.#fresh) {
      const name = this.#bounds[index]?.statement.name ?? ''
      if (index >= this.#index && name !== '' && !this.#state?.known.has(name))
        this.#state?.doubtful.add(name)
    }
    Object.assign(error, { statement: this.#bounds[this.#index]?.statement.name })
    this.callback(error)
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.callback(null, this.#results)
  }

  handleCopyInResponse(connection: Connection): void {
    Reflect.apply(Reflect.get(connection, 'sendCopyFail'), connection, ['no copy in a batch'])
  }

  handleCopyData(): void {}
}

/** The rows of one statement, in its declared type. */
export function rowsOf<C extends Columns>(
  _bound: Bound<C>,
  result: BatchResult[number] | undefined,
): RowOf<C>[] {
  return (result?.rows ?? []) as RowOf<C>[]
}
