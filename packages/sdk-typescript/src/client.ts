import { Caller } from './caller.ts'
import { Resources } from './generated/resources.ts'
import { type ClientOptions, settingsFrom } from './options.ts'
import { webhooks } from './webhooks.ts'

/**
 * NovaBilling's API. Data routes use the API key given as `token` (else `NOVABILLING_API_KEY`); tenant routes use
 * the session that `auth.login` or `auth.register` leaves in the client, renewed when it runs out.
 *
 * @example
 * const client = new NovaBillingClient({ baseUrl: 'http://localhost:3000' })
 * await client.auth.login({ email: 'admin@acmecorp.com', password: 'securepassword123' })
 * const apiKey = await client.apiKeys.create({ name: 'Production Key', scopes: ['customers:read'] })
 */
export class NovaBillingClient extends Resources {
  /** Verifies webhooks; the same as the exported `webhooks`. */
  readonly webhooks = webhooks

  constructor(options: ClientOptions = {}) {
    super(new Caller(settingsFrom(options)))
  }
}
