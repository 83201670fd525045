import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Page } from '../../http/pages.ts'
import { type Columns, headOf, linesOf } from './csv.ts'

/** So many rows are held at a time, however many there are: some hundred kilobytes of invoices. */
export const rowsAtATime = 250

/** A page of what is exported, from its beginning or behind the cursor of the one before. */
export type Turn<T> = (cursor: string | undefined) => Promise<Page<T>>

/**
 * The rows of a list as the lines of a file, page after page: the next page is asked for when the one before has been
 * taken, so a reader that is slow holds no connection, no transaction, and no more than a page.
 */
export async function* tableOf<T>(
  columns: Columns<T>,
  first: Page<T>,
  turn: Turn<T>,
): AsyncGenerator<Buffer> {
  yield Buffer.from(headOf(columns) + linesOf(columns, first.data))
  let { nextCursor } = first.meta
  while (nextCursor !== null) {
    const { data, meta } = await turn(nextCursor)
    yield Buffer.from(linesOf(columns, data))
    nextCursor = meta.nextCursor
  }
}

/**
 * Answers with a file that is written as it is read. One that cannot be written to its end breaks the connection off:
 * nobody takes it for whole.
 */
export function sendTable(reply: FastifyReply, name: string, table: AsyncGenerator<Buffer>): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Readable.from(table, { objectMode: false, highWaterMark: 65_536 }))
}
