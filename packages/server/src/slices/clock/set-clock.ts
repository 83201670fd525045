import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { isoInstant } from '../../http/present.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { audit } from '../access/index.ts'
import type { SetClock } from './schema.ts'
import { holdsSubscriptions, lockEnvironment, startRun, zoneOfTenant } from './sql.ts'

const latest = Temporal.Instant.from('2200-01-01T00:00:00Z')

/**
 * Sends the clock of a test environment on its way. It may go anywhere while the environment holds no
 * subscription, and only forward after that.
 */
export async function beginRun(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  environmentId: string,
  input: SetClock,
): Promise<string> {
  if ((input.now === undefined) === (input.advance === undefined)) {
    throw invalid({ path: 'now', message: 'or advance is needed, and not both' })
  }
  const uuid = parseId('environment', environmentId)
  const [environment] = uuid === undefined ? [] : await tx.query(lockEnvironment(by.tenantId, uuid))
  if (!environment) throw new Refusal('environment_not_found')
  if (environment.kind === 'LIVE') throw new Refusal('clock_is_live')
  if (environment.clock_status === 'RUNNING') throw new Refusal('clock_running')

  const current = environment.clock_now ?? deps.clock.now()
  const target = await targetOf(tx, current, input)
  if (Temporal.Instant.compare(target, current) < 0) {
    const [held] = await deps.workerDb.query(holdsSubscriptions(environment.id))
    if (held?.found) throw new Refusal('clock_backwards')
  }
  tx.defer(startRun(by.tenantId, environment.id, target, current))
  audit(deps, tx, request, by, {
    action: 'environment.clock_moved',
    target: environmentId,
    details: { from: isoInstant(current), to: isoInstant(target) },
  })
  return environment.id
}

async function targetOf(
  tx: Tx,
  current: Temporal.Instant,
  { now, advance }: SetClock,
): Promise<Temporal.Instant> {
  if (now !== undefined) return toMillisecond(Temporal.Instant.from(now))
  const [tenant] = await tx.query(zoneOfTenant(tx.scope.tenantId))
  if (!tenant) throw new Error('a tenant vanished')
  const target = current
    .toZonedDateTimeISO(tenant.timezone)
    .add(advance ?? {})
    .toInstant()
  if (Temporal.Instant.compare(target, latest) >= 0)
    throw invalid({ path: 'advance', message: 'goes beyond the year 2199' })
  return target
}

function toMillisecond(instant: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds)
}
