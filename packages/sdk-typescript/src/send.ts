import type { Deadline } from './deadline.ts'
import { errorFrom, NovaBillingConnectionError, NovaBillingError } from './errors.ts'
import type { Platform } from './platform.ts'
import { delayMs, isRetryable, retryAfterOf } from './retry.ts'

/** A request ready for the wire. A repeat sends exactly the same. */
export type Prepared = {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | undefined
}

export type Answer = { readonly response: Response; readonly bytes: Uint8Array }

type Policy = { readonly platform: Platform; readonly maxRetries: number; readonly deadline: Deadline }

/**
 * Sends until there is an answer that a repeat would not better: at most `1 + maxRetries` times, and never waiting
 * past the deadline. Rejects with the error the last answer stands for.
 */
export async function send(prepared: Prepared, policy: Policy): Promise<Answer> {
  const { platform, deadline, maxRetries } = policy
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(prepared, policy)
    if (!('error' in outcome)) return outcome
    if (!outcome.retryable || attempt >= maxRetries) throw outcome.error
    const wait = delayMs(attempt, outcome.retryAfter, platform.randomKey())
    if (platform.now() + wait >= deadline.endsAt) throw outcome.error
    await platform.sleep(wait, deadline.signal)
  }
}

type Failure = {
  readonly error: NovaBillingError
  readonly retryable: boolean
  readonly retryAfter: number | undefined
}

async function attemptOnce(prepared: Prepared, { platform, deadline }: Policy): Promise<Answer | Failure> {
  const { signal } = deadline
  if (signal.aborted) throw signal.reason
  try {
    const response = await platform.fetch(prepared.url, {
      method: prepared.method,
      headers: prepared.headers,
      signal,
      // The API never redirects; following one could carry the key to another host or turn a POST into a GET.
      redirect: 'manual',
      ...(prepared.body === undefined ? {} : { body: prepared.body }),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (response.ok) return { response, bytes }
    const body = jsonOrNothing(bytes)
    const retryAfter = retryAfterOf(response, body)
    return {
      error: errorFrom(response, body, retryAfter),
      retryable: isRetryable(response.status, retryAfter),
      retryAfter,
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    const error = new NovaBillingConnectionError(`No answer from ${new URL(prepared.url).origin}`, { cause })
    return { error, retryable: true, retryAfter: undefined }
  }
}

function jsonOrNothing(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // A proxy's error page: the status alone tells what happened.
    return undefined
  }
}
