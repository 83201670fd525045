import type { Reader } from '../../db/transaction.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { customerByExternalId, customerById, type CustomerRow } from './sql.ts'

const external = 'externalId:'

/** A customer by our id or by `externalId:…`. */
export async function findCustomer(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<CustomerRow> {
  const uuid = parseId('customer', id)
  const [row] = id.startsWith(external)
    ? await reader.query(customerByExternalId(environmentId, id.slice(external.length)))
    : uuid === undefined
      ? []
      : await reader.query(customerById(environmentId, uuid))
  if (!row) throw new Refusal('customer_not_found')
  return row
}
