import { reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import type { EnvironmentRow } from '../tenants/index.ts'
import { runClock } from './run.ts'
import { environmentById } from './sql.ts'

const patienceMs = 30_000
const lookAgainMs = 50

/** Moves the clock, or waits for whoever does, for 30 seconds at most; then the loop goes on with it. */
export async function arrive(deps: Deps, tenantId: string, environmentId: string): Promise<EnvironmentRow> {
  const untilMs = deps.clock.nowMs() + patienceMs
  for (;;) {
    const [environment] = await reader(deps.db, { tenantId }).query(environmentById(tenantId, environmentId))
    if (!environment) throw new Error('an environment vanished')
    if (environment.clock_status !== 'RUNNING') return environment
    if (deps.clock.nowMs() >= untilMs) {
      deps.bells.ring('clock')
      return environment
    }
    const ran = await runClock(deps, environmentId, untilMs)
    if (!ran) await deps.clock.sleep(lookAgainMs)
  }
}
