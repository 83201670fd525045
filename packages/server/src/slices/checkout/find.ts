import type { Reader } from '../../db/transaction.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type SessionRow, sessionById } from './sql.ts'

/** A session by its public id. @throws Refusal checkout_not_found */
export async function findSession(
  scoped: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<SessionRow> {
  const uuid = parseId('checkout', id)
  const [row] = uuid === undefined ? [] : await scoped.query(sessionById(environmentId, uuid))
  if (!row) throw new Refusal('checkout_not_found')
  return row
}

/** A session that is there, by its stored id. */
export async function sessionOf(
  scoped: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<SessionRow> {
  const [row] = await scoped.query(sessionById(environmentId, id))
  if (!row) throw new Error('a checkout session vanished')
  return row
}
