import type { Deps } from '../../deps.ts'
import { Dispatcher } from './dispatcher.ts'

const dispatchers = new WeakMap<Deps, Dispatcher>()

function dispatcherOf(deps: Deps): Dispatcher {
  const known = dispatchers.get(deps)
  if (known) return known
  const made = new Dispatcher(deps)
  dispatchers.set(deps, made)
  return made
}

/** Sends events to the endpoints that hear them. A tick begins; `settle` waits for what was begun, `stop` ends it. */
export const webhooks = {
  name: 'webhooks',
  tick: (deps: Deps): Promise<boolean> => dispatcherOf(deps).tick(),
  settle: (deps: Deps): Promise<void> => dispatcherOf(deps).settle(),
  stop: async (deps: Deps): Promise<void> => {
    await dispatchers.get(deps)?.stop()
    dispatchers.delete(deps)
  },
  // What another process wrote rings no bell here. A look costs three queries on small indexes.
  restMs: 200,
}
