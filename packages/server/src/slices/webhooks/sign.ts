import { createHmac, randomBytes } from 'node:crypto'

/** A new secret: 256 random bits, as Standard Webhooks writes them. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** Where an endpoint's secret is sealed for. */
export function secretPlace(environmentId: string, endpointId: string): string {
  return `${environmentId}|webhook_endpoints|${endpointId}|secret_sealed`
}

export type Signed = {
  readonly id: string
  readonly body: string
  readonly at: Temporal.Instant
  /** Those that are in force: the newest first, and the one before while both are. */
  readonly secrets: readonly string[]
}

/**
 * The headers of a webhook. Standard Webhooks 1.0.0: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for
 * each secret. `X-Webhook-Signature`, the hex HMAC-SHA256 of the body under the secret as it is written, has room for
 * one only: while two secrets are in force it is that of the older, which every receiver has.
 */
export function signatureHeaders({ id, body, at, secrets }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(at.epochMilliseconds / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
    'x-webhook-signature': createHmac('sha256', secrets.at(-1) ?? '')
      .update(body)
      .digest('hex'),
  }
}
