import { administrators, sessionRoute } from '../../http/route.ts'
import type { Slice } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { type Environment, presentEnvironment } from '../tenants/index.ts'
import { arrive } from './arrive.ts'
import { SetClock } from './schema.ts'
import { beginRun } from './set-clock.ts'

export const clocks: Slice = {
  name: 'clock',
  title: 'Test clocks',
  description: 'Time travel in a test environment.',
  routes: [
    sessionRoute({
      method: 'POST',
      url: '/tenants/me/environments/:id/clock',
      operation: 'environments.setClock',
      summary: 'Move the clock of a test environment',
      description:
        'To an instant, or by some time. Everything that falls due on the way happens, in order and at its time. Answers 200 when the clock has arrived, or 202 after 30 seconds while it is still on its way: see `clock` in the list of environments.',
      roles: administrators,
      params: PathId,
      body: SetClock,
      status: 200,
      alsoAccepted: true,
      response: named<Environment>('Environment'),
      staged: {
        begin: (tx, { deps, principal, request, params, body }) =>
          beginRun(deps, tx, principal, request, params.id, body),
        finish: async (id, { deps, principal, reply }) => {
          const environment = await arrive(deps, principal.tenantId, id)
          if (environment.clock_status === 'RUNNING') reply.code(202)
          return presentEnvironment(environment, deps.clock.now())
        },
      },
    }),
  ],
}

export { clock } from './run.ts'
