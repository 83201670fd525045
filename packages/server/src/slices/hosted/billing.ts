import { toMajorNumber } from '@novabilling/core/money'
import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { parseId, publicId } from '../../ids.ts'
import { type CustomerRow, findCustomer, presentCustomer } from '../customers/index.ts'
import type { PortalBilling } from './schema.ts'
import { nextInvoiceOf, outstandingOf } from './sql.ts'

/** The customer of an address: by the tenant's own id, or by ours. */
export function customerOf(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<CustomerRow> {
  const known = parseId('customer', id) === undefined ? `externalId:${id}` : id
  return findCustomer(reader, environmentId, known)
}

/** The same as its public id, as other slices take it. */
export async function customerIdOf(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<string> {
  return publicId('customer', (await customerOf(reader, environmentId, id)).id)
}

/** What a customer is and owes, for a page of the tenant's own. */
export async function readBilling(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  id: string,
): Promise<PortalBilling> {
  const customer = await customerOf(reader, environmentId, id)
  const [outstanding, [next]] = await reader.queryAll([
    outstandingOf(environmentId, customer.id, deps.clock.now()),
    nextInvoiceOf(environmentId, customer.id),
  ])
  return {
    customer: presentCustomer(customer),
    outstanding: outstanding.map(({ currency, due_minor, invoices, overdue_minor }) => ({
      currency,
      amountDue: toMajorNumber({ currency, minor: due_minor }),
      invoices,
      overdue: toMajorNumber({ currency, minor: overdue_minor }),
    })),
    nextInvoiceAt: next?.at ?? null,
  }
}
