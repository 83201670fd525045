import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { checkPublicUrl } from '../../http/public-address.ts'
import { Refusal } from '../../refusal.ts'
import { nounsIn, nounsOf, patternsWithin } from './audience.ts'
import { requireAll, takeEndpoint } from './find.ts'
import { presentEndpoint } from './present.ts'
import type {
  CreateWebhookEndpoint,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
} from './schema.ts'
import { newSecret, secretPlace } from './sign.ts'
import {
  type EndpointRow,
  archiveEndpoint,
  countEndpoints,
  insertEndpoint,
  saveEndpoint,
  saveSecret,
} from './sql.ts'

const mostEndpoints = 50
const dayInSeconds = 86_400

/** Makes an endpoint for the events from now on. Its secret is in this answer and nowhere else. */
export async function createEndpoint(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  input: CreateWebhookEndpoint,
): Promise<WebhookEndpointWithSecret> {
  const { tenantId, environmentId } = principal
  const events = input.events ?? patternsWithin(nounsOf(principal.scopes, 'write'))
  const resources = nounsIn(events)
  requireAll(principal, resources)
  await checkTarget(deps, input.url)
  const [made] = await tx.query(countEndpoints(environmentId))
  if (Number(made?.count ?? 0) >= mostEndpoints) throw new Refusal('webhook_endpoint_limit')

  const id = deps.ids.next()
  const secret = newSecret()
  // Real time, as everything about webhooks: a receiver does not live by the clock of a test environment.
  const now = deps.clock.now()
  const row: EndpointRow = {
    id,
    is_default: false,
    url: input.url,
    description: input.description ?? null,
    events,
    resources,
    is_active: input.isActive ?? true,
    disabled_at: null,
    disabled_reason: null,
    failing_since: null,
    secret_sealed: Buffer.from(deps.sealer.seal(secret, secretPlace(environmentId, id))),
    previous_secret_until: null,
    created_at: now,
    updated_at: now,
  }
  tx.defer(
    insertEndpoint(
      environmentId,
      id,
      tenantId,
      row.url,
      row.description,
      row.events,
      row.resources,
      row.secret_sealed,
      row.is_active,
      now,
    ),
  )
  return { ...presentEndpoint(row), secret }
}

/** Changes an endpoint. One that is switched on again hears what happens from then on. */
export async function updateEndpoint(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  id: string,
  input: UpdateWebhookEndpoint,
): Promise<WebhookEndpoint> {
  if (input.url !== undefined) await checkTarget(deps, input.url)
  const current = await takeEndpoint(tx, principal, id)
  if (current.is_default && input.url !== undefined) throw new Refusal('webhook_endpoint_is_default')
  const events = input.events ?? current.events
  const resources = nounsIn(events)
  requireAll(principal, resources)

  const isActive = input.isActive ?? current.is_active
  const saved: EndpointRow = {
    ...current,
    url: input.url ?? current.url,
    description: input.description === undefined ? current.description : input.description,
    events,
    resources,
    is_active: isActive,
    disabled_at: isActive ? null : current.disabled_at,
    disabled_reason: isActive ? null : current.disabled_reason,
    failing_since: isActive && !current.is_active ? null : current.failing_since,
    updated_at: deps.clock.now(),
  }
  tx.defer(
    saveEndpoint(
      principal.environmentId,
      saved.id,
      saved.url,
      saved.description,
      saved.events,
      saved.resources,
      saved.is_active,
      saved.updated_at,
    ),
  )
  tx.afterCommit(() => deps.bells.ring('webhooks'))
  return presentEndpoint(saved)
}

/** Takes an endpoint away, with its history. */
export async function removeEndpoint(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  id: string,
): Promise<void> {
  const current = await takeEndpoint(tx, principal, id)
  if (current.is_default) throw new Refusal('webhook_endpoint_is_default')
  tx.defer(archiveEndpoint(principal.environmentId, current.id, deps.clock.now()))
}

/** Gives an endpoint a new secret; for `overlapSeconds` the one before signs as well. */
export async function rotateSecret(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  id: string,
  overlapSeconds = dayInSeconds,
): Promise<WebhookEndpointWithSecret> {
  const current = await takeEndpoint(tx, principal, id)
  const secret = newSecret()
  const now = deps.clock.now()
  const until = overlapSeconds === 0 ? null : now.add({ seconds: overlapSeconds })
  const sealed = deps.sealer.seal(secret, secretPlace(principal.environmentId, current.id))
  tx.defer(saveSecret(principal.environmentId, current.id, sealed, now, until))
  return { ...presentEndpoint({ ...current, previous_secret_until: until, updated_at: now }), secret }
}

async function checkTarget({ config }: Deps, url: string): Promise<void> {
  if (config.WEBHOOK_TARGETS === 'public') await checkPublicUrl('url', url)
}
