import type { FastifyRequest } from 'fastify'
import {
  type RowOf,
  boolean,
  command,
  instant,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant, isoInstantOrNull } from '../../http/present.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { audit, insertEnvironment } from '../access/index.ts'
import { insertDefaults } from '../webhooks/index.ts'
import type { Environment } from './schema.ts'

export const environmentColumns = {
  id: uuid,
  kind: oneOf('LIVE', 'TEST'),
  name: text,
  clock_now: nullable(instant),
  clock_from: nullable(instant),
  clock_target: nullable(instant),
  clock_status: oneOf('IDLE', 'RUNNING', 'FAILED'),
  clock_error: nullable(text),
  created_at: instant,
}
export type EnvironmentRow = RowOf<typeof environmentColumns>
export const environmentSelect = Object.keys(environmentColumns).join(', ')

const lockEnvironment = statement(
  'tenants.lock_environment',
  `select ${environmentSelect} from environments where tenant_id = $1::uuid and id = $2::uuid for update`,
  environmentColumns,
)
const isUsed = statement(
  'tenants.environment_is_used',
  `select exists (select from api_keys where tenant_id = $1::uuid and environment_id = $2::uuid) as used`,
  { used: boolean },
)
const webhookUrlOf = statement(
  'tenants.webhook_url',
  `select webhook_url from tenants where id = $1::uuid and webhook_url is not null for share`,
  { webhook_url: text },
)
const deleteEnvironment = command(
  'tenants.delete_environment',
  `delete from environments where tenant_id = $1::uuid and id = $2::uuid`,
)

export function listEnvironments(
  deps: Deps,
  reader: Reader,
  query: { page?: number; limit?: number; cursor?: string },
): Promise<Page<Environment>> {
  return listPage({
    deps,
    reader,
    name: 'tenants.environments',
    from: 'environments',
    select: environmentSelect,
    columns: environmentColumns,
    where: [fragment`tenant_id = ${reader.scope.tenantId}::uuid`],
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: false },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: (row) => presentEnvironment(row, deps.clock.now()),
  })
}

/** The dashboard's pages of an environment are under its name, beside these. */
const taken = new Set([
  'accept-invitation',
  'api',
  'assets',
  'forgot-password',
  'health',
  'hosted',
  'metrics',
  'pay',
  'portal',
  'ready',
  'register',
  'reset-password',
  'sign-in',
  'webhooks',
])

/** Adds a test environment, where the account's webhookUrl hears of everything as in the others. */
export async function createEnvironment(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  name: string,
): Promise<Environment> {
  if (taken.has(name.toLowerCase()))
    throw invalid({ path: 'name', message: 'is where something else is found. Choose another' })
  const id = deps.ids.next()
  tx.defer(insertEnvironment(by.tenantId, id, 'TEST', name, tx.now))
  const [account] = await tx.query(webhookUrlOf(by.tenantId))
  if (account) insertDefaults(deps, tx, by.tenantId, account.webhook_url, [id])
  const environment = publicId('environment', id)
  audit(deps, tx, request, by, { action: 'environment.created', target: environment, details: { name } })
  return presentEnvironment(
    {
      id,
      kind: 'TEST',
      name,
      clock_now: null,
      clock_from: null,
      clock_target: null,
      clock_status: 'IDLE',
      clock_error: null,
      created_at: tx.now,
    },
    tx.now,
  )
}

/** Removes a test environment that was never used: no key was made for it, so nothing can be in it. */
export async function removeEnvironment(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  id: string,
): Promise<void> {
  const stored = parseId('environment', id)
  const [row] = stored === undefined ? [] : await tx.query(lockEnvironment(by.tenantId, stored))
  if (!row) throw new Refusal('environment_not_found')
  const [found] = await tx.query(isUsed(by.tenantId, row.id))
  if (found?.used || row.kind === 'LIVE' || row.name === 'test') throw new Refusal('environment_in_use')

  tx.defer(deleteEnvironment(by.tenantId, row.id))
  audit(deps, tx, request, by, { action: 'environment.deleted', target: id, details: { name: row.name } })
}

export function presentEnvironment(row: EnvironmentRow, realNow: Temporal.Instant): Environment {
  return {
    id: publicId('environment', row.id),
    kind: row.kind,
    name: row.name,
    clock: {
      now: isoInstant(row.clock_now ?? realNow),
      followsRealTime: row.clock_now === null,
      target: isoInstantOrNull(row.clock_target),
      status: row.clock_status,
      progress: progressOf(row),
      error: row.clock_error,
    },
    createdAt: isoInstant(row.created_at),
  }
}

function progressOf({ clock_now, clock_from, clock_target, clock_status }: EnvironmentRow): number {
  if (clock_status === 'IDLE' || !clock_now || !clock_from || !clock_target) return 1
  const whole = clock_target.epochMilliseconds - clock_from.epochMilliseconds
  return whole <= 0
    ? 1
    : Math.min(1, Math.max(0, (clock_now.epochMilliseconds - clock_from.epochMilliseconds) / whole))
}
