import type { Deps } from './deps.ts'

/** One background loop: does what is due and says whether it found any, so that it can be asked again at once. */
export type Loop = {
  readonly name: string
  readonly tick: (deps: Deps) => Promise<boolean>
  readonly restMs: number
  /** Ends what a tick began and did not wait for. */
  readonly stop?: (deps: Deps) => Promise<void>
}

export type Worker = { stop(): Promise<void> }

/** Runs every slice's loop until stopped. A loop that fails is logged and tried again after its rest. */
export function startWorker(deps: Deps, loops: readonly Loop[] = []): Worker {
  const stopping = new AbortController()
  const running = loops.map((loop) => run(deps, loop, stopping.signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(running)
      for (const loop of loops) await loop.stop?.(deps)
    },
  }
}

async function run(deps: Deps, loop: Loop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const rung = deps.bells.next(loop.name)
    let found = false
    try {
      found = await loop.tick(deps)
    } catch (error) {
      deps.log.error({ err: error, loop: loop.name }, 'a loop failed and is tried again')
    }
    if (!found) await rest(deps, loop.restMs, rung, signal)
  }
}

/** Until the time is over, the bell rings or the worker stops. */
async function rest(deps: Deps, ms: number, rung: Promise<void>, signal: AbortSignal): Promise<void> {
  const waking = new AbortController()
  await Promise.race([deps.clock.sleep(ms, AbortSignal.any([signal, waking.signal])), rung])
  waking.abort()
}
