/**
 * A statement is written once, named, prepared once a connection, and declares the columns it returns.
 * The declared columns give the row its type and its parsers; a test prepares every statement against a
 * migrated database and compares names and types.
 */
export type Column<T> = {
  readonly oids: readonly number[]
  readonly parse: (text: string) => T
  readonly nullable: boolean
}
export type Columns = Readonly<Record<string, Column<unknown>>>
export type RowOf<C extends Columns> = { -readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never }

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Temporal.Instant
  | Uint8Array
  | readonly (string | number | bigint | boolean | null | Temporal.Instant)[]

export type Statement<C extends Columns = Columns> = {
  readonly name: string
  readonly text: string
  readonly columns: C
}

/** A statement with its values, ready to be sent. */
export type Bound<C extends Columns = Columns> = {
  readonly statement: Statement<C>
  readonly values: readonly Value[]
}

const registry = new Map<string, Statement>()

/** Every named statement that has been declared by the modules loaded so far. */
export function declaredStatements(): readonly Statement[] {
  return [...registry.values()]
}

/**
 * Declares a named statement. Give its values to get something to send:
 *
 *     const customerById = statement('customers.by_id', `select id, email from customers where …`, { id: uuid, email: text })
 *     const [row] = await tx.query(customerById(environment, id))
 */
export function statement<C extends Columns>(
  name: string,
  text: string,
  columns: C,
): (...values: Value[]) => Bound<C> {
  if (registry.has(name)) throw new Error(`two statements are named ${name}`)
  const declared = { name, text, columns }
  registry.set(name, declared)
  return (...values) => ({ statement: declared, values })
}

type NoColumns = Readonly<Record<string, never>>

/** A statement that returns nothing. */
export function command(name: string, text: string): (...values: Value[]) => Bound<NoColumns> {
  return statement(name, text, {})
}

const column = <T>(oids: readonly number[], parse: (text: string) => T): Column<T> => ({
  oids,
  parse,
  nullable: false,
})

export const uuid = column([2950], String)
export const text = column([25, 1042, 1043, 19], String)
export const integer = column([21, 23], Number)
export const bigint = column([20], BigInt)
export const boolean = column([16], (value) => value === 't')
export const instant = column([1184], parseInstant)
/** An instant as the API shows it, for rows that are shown more often than they are computed with. */
export const instantText = column([1184], toIsoText)
export const day = column([1082], String)
/** A transaction's number (xid8), as text: it only goes back to where it came from. */
export const transactionId = column([5069], String)
/** `xmin`, the transaction that wrote a row (xid). */
export const rowVersion = column([28], Number)
export const bytes = column([17], (value): Buffer<ArrayBuffer> => Buffer.from(value.slice(2), 'hex'))
export const textArray = column([1009], parseTextArray)

/** A json or jsonb column, whose shape the one who wrote it vouches for. */
export function json<T>(): Column<T> {
  return column([114, 3802], (value) => JSON.parse(value) as T)
}

/** A text column that a check constraint holds to these words. */
export function oneOf<const W extends string>(..._words: readonly W[]): Column<W> {
  return column([25], (value) => value as W)
}

export function nullable<T>(inner: Column<T>): Column<T | null> {
  return { ...inner, nullable: true }
}

/** PostgreSQL's `2026-11-24 12:00:00.123+00` (the connections speak UTC and ISO) as an instant. */
function parseInstant(value: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Date.parse(`${value.slice(0, 10)}T${value.slice(11, -3)}Z`))
}

function toIsoText(value: string): string {
  const fraction = value.length > 22 ? value.slice(20, -3).padEnd(3, '0').slice(0, 3) : '000'
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction}Z`
}

function parseTextArray(value: string): string[] {
  const items: string[] = []
  for (const match of value.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)) {
    items.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll(/\\(.)/g, '$1'))
  }
  return items
}

const jsonOid = 114
const jsonbOid = 3802

/**
 * Many documents as one json[], or jsonb[], in PostgreSQL's binary form: nothing is quoted, so nothing is copied
 * but the bytes themselves. As a quoted literal they cost a billing run a third of its time.
 */
export function jsonArray(documents: readonly string[], kind: 'json' | 'jsonb' = 'json'): Uint8Array {
  const header = 20
  const version = kind === 'jsonb' ? 1 : 0
  let size = header
  for (const document of documents) size += 4 + version + Buffer.byteLength(document)
  const array = Buffer.allocUnsafe(size)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(0, 4)
  array.writeInt32BE(kind === 'jsonb' ? jsonbOid : jsonOid, 8)
  array.writeInt32BE(documents.length, 12)
  array.writeInt32BE(1, 16)
  let at = header
  for (const document of documents) {
    const start = at + 4 + version
    if (version) array.writeInt8(1, at + 4)
    const written = array.write(document, start)
    array.writeInt32BE(version + written, at)
    at = start + written
  }
  return array
}

/** A value as PostgreSQL's text form of it. */
export function toWire(value: Value): string | Buffer | null {
  if (value === null || typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value)) return arrayLiteral(value)
  return String(value)
}

// Built as one string: pg's own array serialiser costs more than the insert it feeds.
function arrayLiteral(
  items: readonly (string | number | bigint | boolean | null | Temporal.Instant)[],
): string {
  let literal = '{'
  for (let index = 0; index < items.length; index++) {
    if (index > 0) literal += ','
    const item = items[index]
    if (item === null || item === undefined) literal += 'NULL'
    else if (typeof item === 'string') literal += quoteItem(item)
    else literal += String(item)
  }
  return `${literal}}`
}

function quoteItem(item: string): string {
  if (/^[\w-]+$/.test(item) && item !== 'NULL' && item !== 'null') return item
  return `"${item.replaceAll(/["\\]/g, '\\$&')}"`
}
