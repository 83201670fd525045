import type { Deps } from '../../deps.ts'
import { bytes, nullable, statement, uuid } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { KeptMethod } from '../providers/index.ts'
import { lockCustomer } from '../customers/index.ts'
import { clearDefault, insertMethod, makeDefault, methodsOfCustomer, tokenPlace } from './methods-sql.ts'

const keptOfCustomer = statement(
  'payment_methods.kept',
  `select id, token_sealed, provider_id from payment_methods
   where environment_id = $1::uuid and customer_id = $2::uuid and archived_at is null`,
  { id: uuid, token_sealed: bytes, provider_id: nullable(uuid) },
)

/**
 * Keeps what a customer paid with, once. It becomes the default of a customer who has none, and of one whose own was
 * declined (`preferred`). Gives its id.
 */
export async function keepMethod(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  kept: {
    customerId: string
    provider: string
    providerId: string
    method: KeptMethod
    preferred: boolean
  },
): Promise<string> {
  const { customerId, provider, providerId, method, preferred } = kept
  await tx.query(lockCustomer(environmentId, customerId))
  const known = await tx.query(keptOfCustomer(environmentId, customerId))
  const same = known.find(
    ({ id, token_sealed: sealed, provider_id: of }) =>
      of === providerId && deps.sealer.open(sealed, tokenPlace(environmentId, id)) === method.token,
  )
  const others = await tx.query(methodsOfCustomer(environmentId, customerId))
  const isDefault = preferred || others.length === 0
  if (isDefault) tx.defer(clearDefault(environmentId, customerId))
  if (same) {
    if (isDefault) tx.defer(makeDefault(environmentId, same.id))
    return same.id
  }
  const id = deps.ids.next()
  tx.defer(
    insertMethod(
      environmentId,
      id,
      customerId,
      provider,
      deps.sealer.seal(method.token, tokenPlace(environmentId, id)),
      method.type,
      method.brand,
      method.last4,
      method.expMonth,
      method.expYear,
      null,
      isDefault,
      tx.now,
      providerId,
    ),
  )
  return id
}
