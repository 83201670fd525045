import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { hostedUrl } from '../../http/hosted-links.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import type { CreatePortalLink, PortalLink } from './schema.ts'

const defaultMinutes = 24 * 60

/** A link to one customer's own pages. It ends with its time, and when the customer is archived. */
export async function createPortalLink(
  deps: Deps,
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  customerId: string,
  input: CreatePortalLink,
): Promise<PortalLink> {
  const customer = await findCustomer(reader, environmentId, customerId)
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const expiresAt = deps.clock.now().add({ minutes: input.expiresInMinutes ?? defaultMinutes })
  return {
    url: hostedUrl(deps, 'portal', { environmentId, id: customer.id, expiresAt }),
    expiresAt: isoInstant(expiresAt),
  }
}
