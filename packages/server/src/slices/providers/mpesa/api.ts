import type { Deps } from '../../../deps.ts'
import type { Account } from '../provider.ts'
import { NotSent, objectOf, send, textOf } from '../web.ts'

/** A token lives for an hour. It is shared by all calls of an account. */
const tokens = new Map<string, { token: string; untilMs: number }>()
const tokenMs = 50 * 60_000
const mostTokens = 1000

export type Reply = {
  readonly http: number
  readonly fields: Readonly<Record<string, unknown>>
  readonly errorCode: string
  readonly message: string
}

/**
 * One call to Daraja. @throws NotSent where it surely did nothing: also when there was no token to be had
 */
export async function call(
  deps: Deps,
  account: Account,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const token = await tokenOf(deps, account)
  const { status, text } = await send({
    method: 'POST',
    url: `${account.url}${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const fields = objectOf(text)
  const errorCode = textOf(fields['errorCode']) ?? ''
  const message = textOf(fields['errorMessage']) ?? textOf(fields['ResponseDescription']) ?? `HTTP ${status}`
  if (errorCode === '404.001.03' || errorCode === '401.003.01') {
    tokens.delete(keyOf(account))
    throw new NotSent('provider_unavailable', 'M-Pesa wants another access token.')
  }
  if (errorCode === '500.003.02') throw new NotSent('provider_unavailable', 'M-Pesa is too busy.')
  if (status >= 500 && errorCode === '') throw new Error(`M-Pesa answered ${status}`)
  return { http: status, fields, errorCode, message }
}

/** @throws NotSent whatever goes wrong: nothing has been asked for yet */
export async function tokenOf(deps: Deps, account: Account): Promise<string> {
  const known = tokens.get(keyOf(account))
  if (known && known.untilMs > deps.clock.nowMs()) return known.token
  const { consumerKey = '', consumerSecret = '' } = account.credentials
  const answered = await send({
    method: 'GET',
    url: `${account.url}/oauth/v1/generate?grant_type=client_credentials`,
    headers: {
      authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`,
    },
  }).catch((error: unknown) => {
    if (error instanceof NotSent) throw error
    throw new NotSent('provider_unavailable', 'M-Pesa gave no access token.')
  })
  const token = textOf(objectOf(answered.text)['access_token'])
  if (token === undefined) {
    const reason = 'M-Pesa does not know the consumerKey, or the consumerSecret is another.'
    throw answered.status >= 500
      ? new NotSent('provider_unavailable', 'M-Pesa gave no access token.')
      : new NotSent('provider_config_error', reason)
  }
  if (tokens.size >= mostTokens) tokens.clear()
  tokens.set(keyOf(account), { token, untilMs: deps.clock.nowMs() + tokenMs })
  return token
}

function keyOf({ credentials, url }: Account): string {
  return `${url} ${credentials['consumerKey']} ${credentials['consumerSecret']}`
}

/** What every call about a prompt carries: the time in Nairobi, and a password made of it. */
export function signed(deps: Deps, { credentials }: Account): Readonly<Record<string, string>> {
  const { shortCode = '', passkey = '' } = credentials
  const at = deps.clock.now().toZonedDateTimeISO('Africa/Nairobi')
  const timestamp = at.toPlainDateTime().toString({ smallestUnit: 'second' }).replaceAll(/\D/g, '')
  return {
    BusinessShortCode: shortCode,
    Password: Buffer.from(`${shortCode}${passkey}${timestamp}`).toString('base64'),
    Timestamp: timestamp,
  }
}
