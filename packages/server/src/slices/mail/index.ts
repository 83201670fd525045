import type { Deps } from '../../deps.ts'
import type { Slice } from '../../http/route.ts'
import { deliverToMembers } from './deliver.ts'
import { smtpRoutes } from './smtp-test.ts'

export const mailing: Slice = {
  name: 'mail',
  title: 'Mail',
  description: 'What is sent to members.',
  routes: smtpRoutes,
}

/** Sends the mails that are due. */
export const mail = { name: 'mail', tick: (deps: Deps) => deliverToMembers(deps), restMs: 1000 }
