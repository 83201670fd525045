import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import type { LoadedDelivery } from './dispatch-sql.ts'
import type { Held } from './held.ts'
import { deliverySeconds } from './metrics.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { payloadOf } from './payload.ts'
import type { Reply, Sender } from './send.ts'
import { secretPlace, signatureHeaders } from './sign.ts'

/** How long an endpoint may take to answer. */
const answerWithinMs = 30_000

/** Makes one attempt at a delivery. `cut` ends it when the server stops. Never throws. */
export async function attempt(
  deps: Deps,
  sender: Sender,
  { held, delivery, cut }: { held: Held; delivery: LoadedDelivery; cut: AbortController },
): Promise<Outcome> {
  const { clock } = deps
  const at = clock.now()
  const answered = new AbortController()
  let isLate = false
  const expire = async (): Promise<void> => {
    await clock.sleep(answerWithinMs, answered.signal)
    if (answered.signal.aborted) return
    isLate = true
    cut.abort()
  }
  void expire()
  const started = performance.now()
  const reply = await post(deps, sender, held, delivery, at, cut.signal)
  const durationMs = Math.round(performance.now() - started)
  answered.abort()
  deliverySeconds.observe(durationMs / 1000)
  const isInterrupted = cut.signal.aborted && !isLate && reply.status === null
  return outcomeOf({ delivery, reply, at, durationMs, now: clock.now(), isInterrupted })
}

/** What cannot be sent for a reason of ours fails by itself, and stops nothing else. */
async function post(
  deps: Deps,
  sender: Sender,
  held: Held,
  delivery: LoadedDelivery,
  at: Temporal.Instant,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const id = publicId('event', delivery.event_id)
    const body = payloadOf({ ...delivery, id: delivery.event_id }, held.label)
    const headers = signatureHeaders({ id, body, at, secrets: secretsOf(deps, delivery, at) })
    return await sender.post({ url: delivery.url, headers, body }, signal)
  } catch (error) {
    deps.log.error({ err: error, delivery: delivery.id }, 'a webhook could not be sent')
    return { status: null, error: 'It could not be sent for a reason of ours.' }
  }
}

/** The secrets in force, the newest first. */
function secretsOf({ sealer }: Deps, delivery: LoadedDelivery, at: Temporal.Instant): string[] {
  const { previous_secret_sealed: previous, previous_secret_until: until } = delivery
  const place = secretPlace(delivery.environment_id, delivery.endpoint_id)
  const isBoth = previous !== null && (until === null || Temporal.Instant.compare(at, until) < 0)
  return [delivery.secret_sealed, ...(isBoth ? [previous] : [])].map((sealed) => sealer.open(sealed, place))
}
