import type { Static, TSchema } from 'typebox'
import { reader, transaction, type Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { auditDeed } from '../../http/audit.ts'
import type { Page } from '../../http/pages.ts'
import { type Route, dataRoute } from '../../http/route.ts'
import type { Scope } from '../../http/scopes.ts'
import { closed } from '../../http/shapes.ts'
import type { Columns } from './csv.ts'
import { rowsAtATime, sendTable, tableOf } from './stream.ts'

const about =
  'Comma-separated values in UTF-8 with a byte order mark, lines ended by CRLF, the first of them the names of the columns, which are the fields of the list; new ones are added at the end. Amounts are in major units with all decimals of their currency, instants in UTC. Text that a spreadsheet would take for a formula is preceded by an apostrophe. It is written as it is read, and cut off where it cannot go on: only a file that ends as HTTP says is whole.'

type Paged = { page?: number; limit?: number; cursor?: string }

/** The query of a list without its pages. */
export function filtersOf<P extends Record<string, TSchema>>(list: { readonly properties: P }) {
  const { page: _page, limit: _limit, cursor: _cursor, ...filters } = list.properties
  return closed(filters)
}

/** How rows of a list become rows of a file, where they are not one and the same. */
type Spread<T, R> = (row: T) => readonly R[]

/** What a list shows, as a file: the same rows by the same filters, for whoever may read the list. */
export function exportRoute<Q extends TSchema, T, R>(options: {
  readonly noun: string
  readonly operation: string
  readonly what: string
  readonly scope: Scope
  readonly filters: Q
  readonly list: (
    deps: Deps,
    reader: Reader,
    environmentId: string,
    query: Static<Q> & Paged,
  ) => Promise<Page<T>>
  readonly spread: Spread<T, R>
  readonly columns: Columns<R>
}): Route {
  const { noun, operation, what, scope, filters, list, spread, columns } = options
  return dataRoute({
    method: 'GET',
    url: `/exports/${noun}.csv`,
    operation,
    summary: `Export ${what}`,
    description: about,
    scope,
    query: filters,
    status: 200,
    produces: 'text/csv',
    handle: async ({ deps, principal, query, request, reply }) => {
      const { tenantId, environmentId } = principal
      const own = reader(deps.db, { tenantId, environmentId })
      const turn = async (cursor?: string): Promise<Page<R>> => {
        const paged = { ...query, limit: rowsAtATime, ...(cursor === undefined ? {} : { cursor }) }
        const { data, meta } = await list(deps, own, environmentId, paged)
        return { data: data.flatMap(spread), meta }
      }
      // What is refused is refused before anything is sent.
      const first = await turn()
      if (principal.kind === 'dashboard') {
        await transaction(
          deps.db,
          { scope: { tenantId, environmentId }, now: deps.clock.now() },
          async (tx) => auditDeed(deps, tx, request, principal, { operation, params: undefined }),
        )
      }
      return sendTable(reply, `${noun}.csv`, tableOf(columns, first, turn))
    },
  })
}
