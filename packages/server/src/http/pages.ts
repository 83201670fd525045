import { createHmac } from 'node:crypto'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import { Type, type Static, type TSchema } from 'typebox'
import type { Bound, Columns, RowOf, Value } from '../db/statement.ts'
import { bigint } from '../db/statement.ts'
import type { Reader } from '../db/transaction.ts'
import type { Deps } from '../deps.ts'
import { invalid } from '../refusal.ts'
import { equalBytes, sha256 } from '../secrets.ts'

/** The paging part of every list's query. */
export const pageQuery = {
  page: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Page, from 1; default 1' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Items a page; default 20' })),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1000,
      description: '`nextCursor` of the page before; instead of `page`',
    }),
  ),
}

export const PageMeta = Type.Object(
  {
    total: Type.Optional(
      Type.Integer({ description: 'All items that match; not counted when a cursor is followed' }),
    ),
    page: Type.Optional(Type.Integer()),
    limit: Type.Integer(),
    totalPages: Type.Optional(Type.Integer()),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the next page starts; null on the last',
    }),
  },
  { $id: 'PageMeta' },
)
export type PageMeta = Static<typeof PageMeta>

/** The shape of a list of these. */
export function pageOf<S extends TSchema>(item: S) {
  return Type.Object({ data: Type.Array(item), meta: Type.Unsafe<PageMeta>({ $ref: 'PageMeta#' }) })
}

export type Page<T> = { data: T[]; meta: PageMeta }

/** What a list is sorted by: a column expression that is never null, and the id behind it to break ties. */
export type Sort = {
  readonly by: string
  readonly column: string
  readonly cast: string
  readonly descending: boolean
  /** The type of `id`, where it is no uuid. */
  readonly idCast?: string
  /** Where a list is over several tables: whose `id` it is. */
  readonly id?: string
}

export type ListOptions<C extends Columns, T> = {
  readonly deps: Pick<Deps, 'jwtKeys'>
  readonly reader: Reader
  /** Names the list, so that a cursor fits only the list it came from. */
  readonly name: string
  readonly from: string
  readonly select: string
  readonly columns: C
  /** Conditions on top of the scope's own; build them with `sql`. */
  readonly where: readonly RawBuilder<unknown>[]
  readonly sort: Sort
  readonly query: { page?: number; limit?: number; cursor?: string }
  /** The value of the sort column in a row, as text. */
  readonly sortValue: (row: RowOf<C>) => string
  readonly present: (row: RowOf<C>) => T
}

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The rows of a page by number (with the count of all) or behind a cursor (in constant time, however far). */
export async function listPage<C extends Columns & { id: Columns[string] }, T>(
  options: ListOptions<C, T>,
): Promise<Page<T>> {
  const { query, sort, where } = options
  const limit = query.limit ?? 20
  const page = query.page ?? 1
  if (query.cursor !== undefined && query.page !== undefined) {
    throw invalid({ path: 'cursor', message: 'cannot be used together with page' })
  }
  const behind = query.cursor === undefined ? undefined : openCursor(options, query.cursor)
  const column = sql.raw(sort.column)
  const order = sql.raw(sort.descending ? 'desc' : 'asc')
  const id = sql.raw(sort.id ?? 'id')
  const conditions = behind
    ? [
        ...where,
        sql`(${column}, ${id}) ${sql.raw(sort.descending ? '<' : '>')} (${behind.value}::${sql.raw(sort.cast)}, ${behind.id}::${sql.raw(sort.idCast ?? 'uuid')})`,
      ]
    : where
  const rowsQuery = sql`select ${sql.raw(options.select)} from ${sql.raw(options.from)}
    where ${sql.join(conditions, sql` and `)}
    order by ${column} ${order}, ${id} ${order}
    limit ${limit + 1} offset ${behind ? 0 : (page - 1) * limit}`
  const countQuery = sql`select count(*) as total from ${sql.raw(options.from)} where ${sql.join(where, sql` and `)}`

  const rowsBound = bind(options.name, rowsQuery, options.columns)
  const [rows, counted] = behind
    ? [await options.reader.query(rowsBound), []]
    : await options.reader.queryAll([rowsBound, bind(`${options.name}.count`, countQuery, { total: bigint })])

  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor =
    rows.length > limit && last ? sealCursor(options, options.sortValue(last), String(last['id'])) : null
  const data = shown.map(options.present)
  if (behind) return { data, meta: { limit, nextCursor } }
  const total = Number(counted[0]?.total ?? 0)
  return { data, meta: { total, page, limit, totalPages: Math.ceil(total / limit), nextCursor } }
}

/** A pattern for `ilike` that finds these characters as they are, anywhere. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

/** A statement whose text depends on the filters given; named by its text, so each shape is prepared once. */
function bind<C extends Columns>(name: string, query: RawBuilder<unknown>, columns: C): Bound<C> {
  const { sql: text, parameters } = query.compile(compiler)
  const statement = { name: `${name}.${sha256(text).toString('base64url', 0, 9)}`, text, columns }
  return { statement, values: parameters as readonly Value[] }
}

type CursorPlace = Pick<ListOptions<Columns, unknown>, 'deps' | 'reader' | 'name' | 'sort' | 'query'>

function sealCursor(place: CursorPlace, value: string, id: string): string {
  const body = Buffer.from(JSON.stringify([value, id]))
  return `${body.toString('base64url')}.${signature(place, body).toString('base64url')}`
}

function openCursor(place: CursorPlace, cursor: string): { value: string; id: string } {
  const [body = '', signed = ''] = cursor.split('.')
  const bytes = Buffer.from(body, 'base64url')
  if (!equalBytes(Buffer.from(signed, 'base64url'), signature(place, bytes))) {
    throw invalid({ path: 'cursor', message: 'is not a cursor of this list with these filters' })
  }
  const [value, id] = JSON.parse(bytes.toString('utf8')) as [string, string]
  return { value, id }
}

/** Signed together with the scope, the list, its order and its filters, so a cursor opens nothing else. */
function signature({ deps, reader, name, sort, query }: CursorPlace, body: Buffer): Buffer {
  const [key] = deps.jwtKeys
  if (!key) throw new Error('there is no key to sign cursors with')
  const { page: _page, limit: _limit, cursor: _cursor, ...filters } = query
  const { tenantId, environmentId } = reader.scope
  const context = JSON.stringify([
    tenantId,
    environmentId,
    name,
    sort.by,
    sort.descending,
    Object.entries(filters).toSorted(),
  ])
  return createHmac('sha256', key)
    .update('cursor\0')
    .update(context)
    .update('\0')
    .update(body)
    .digest()
    .subarray(0, 16)
}

export { sql as fragment }
