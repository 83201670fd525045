import type { Deps } from '../../deps.ts'
import type { Slice } from '../../http/route.ts'
import { deliverToMembers } from './deliver.ts'
import { Outbox } from './outbox.ts'
import { routes } from './routes.ts'
import { Mail, MailContent } from './schema.ts'

export { serveCatcher } from './catcher.ts'
export { expiryNotices } from './notices.ts'

export const mailing: Slice = {
  name: 'mail',
  title: 'Mail',
  description: 'What is sent to members and to customers.',
  routes,
  schemas: [Mail, MailContent],
}

/** Sends the mails to members that are due. */
export const mail = { name: 'mail', tick: (deps: Deps) => deliverToMembers(deps), restMs: 1000 }

/** How long a server that stops waits for mail servers; what is still open is sent again. */
const patienceMs = 5000

const outboxes = new WeakMap<Deps, Outbox>()

function outboxOf(deps: Deps): Outbox {
  const known = outboxes.get(deps)
  if (known) return known
  const made = new Outbox(deps)
  outboxes.set(deps, made)
  return made
}

/** Plans and sends the mails to customers. A tick begins; `settle` and `stop` wait for what was begun. */
export const customerMail = {
  name: 'customer-mail',
  tick: (deps: Deps): Promise<boolean> => outboxOf(deps).tick(),
  settle: (deps: Deps): Promise<void> => outboxOf(deps).settle(),
  stop: async (deps: Deps): Promise<void> => {
    const over = new AbortController()
    const patience = deps.clock.sleep(patienceMs, over.signal)
    await Promise.race([outboxes.get(deps)?.settle(), patience])
    over.abort()
    outboxes.delete(deps)
  },
  restMs: 1000,
}
