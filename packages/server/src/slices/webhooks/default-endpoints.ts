import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { nounsIn } from './audience.ts'
import { newSecret, secretPlace } from './sign.ts'
import { archiveDefaultEndpoints, environmentsOfTenant, setDefaultEndpoints } from './sql.ts'

/**
 * Makes an account's webhookUrl the default endpoint of every environment it has, or with null of none. Its secret
 * has not been shown: rotate it to get one.
 */
export async function setDefaultUrl(deps: Deps, tx: Tx, tenantId: string, url: string | null): Promise<void> {
  if (url === null) return tx.defer(archiveDefaultEndpoints(tenantId, deps.clock.now()))
  const environments = await tx.query(environmentsOfTenant(tenantId))
  insertDefaults(
    deps,
    tx,
    tenantId,
    url,
    environments.map(({ id }) => id),
  )
}

/** The default endpoint of an environment that has just been made. */
export function insertDefaults(
  deps: Deps,
  tx: Tx,
  tenantId: string,
  url: string,
  environmentIds: readonly string[],
): void {
  const made = environmentIds.map((environmentId) => {
    const id = deps.ids.next()
    const sealed = deps.sealer.seal(newSecret(), secretPlace(environmentId, id))
    return { environmentId, id, sealed: String.raw`\x${sealed.toString('hex')}` }
  })
  tx.defer(
    setDefaultEndpoints(
      tenantId,
      made.map(({ environmentId }) => environmentId),
      made.map(({ id }) => id),
      url,
      nounsIn(['*']),
      deps.clock.now(),
      made.map(({ sealed }) => sealed),
    ),
  )
}
