import type { Deps } from '../../../deps.ts'
import type { Account } from '../provider.ts'
import { NotSent, fieldsOf, objectOf, send, textOf } from '../web.ts'

/** A token lives for five minutes. It is shared by all calls of an account. */
const tokens = new Map<string, { token: string; untilMs: number }>()
const tokenMs = 4 * 60_000
const mostTokens = 1000

export type Reply = {
  /** Pesapal carried the call out; says nothing about a payment. */
  readonly ok: boolean
  readonly fields: Readonly<Record<string, unknown>>
  readonly list: readonly unknown[]
  readonly errorCode: string
  readonly message: string
}

/** One call to Pesapal's API 3.0. @throws NotSent where it surely did nothing: also when there was no token to be had */
export async function call(
  deps: Deps,
  account: Account,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const ask = async () =>
    send({
      method,
      url: `${account.url}/api${path}`,
      headers: {
        authorization: `Bearer ${await tokenOf(deps, account)}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  let answered = await ask()
  if (answered.status === 401) {
    // It has run out, and nothing was done.
    tokens.delete(keyOf(account))
    answered = await ask()
  }
  const { status, text } = answered
  if (status === 401) throw new NotSent('provider_unavailable', 'Pesapal takes no access token.')
  if (status >= 500) throw new Error(`Pesapal answered ${status}`)
  return read(status, text)
}

/** @throws NotSent whatever goes wrong: nothing has been asked for yet */
export async function tokenOf(deps: Deps, account: Account): Promise<string> {
  const known = tokens.get(keyOf(account))
  if (known && known.untilMs > deps.clock.nowMs()) return known.token
  const { consumerKey = '', consumerSecret = '' } = account.credentials
  const answered = await beforeAll(
    send({
      method: 'POST',
      url: `${account.url}/api/Auth/RequestToken`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ consumer_key: consumerKey, consumer_secret: consumerSecret }),
    }),
  )
  const token = textOf(objectOf(answered.text)['token'])
  if (token === undefined) {
    const { errorCode } = read(answered.status, answered.text)
    throw /invalid/i.test(errorCode)
      ? new NotSent(
          'provider_config_error',
          'Pesapal does not know the consumerKey, or the consumerSecret is another.',
        )
      : new NotSent('provider_unavailable', 'Pesapal gave no access token.')
  }
  if (tokens.size >= mostTokens) tokens.clear()
  tokens.set(keyOf(account), { token, untilMs: deps.clock.nowMs() + tokenMs })
  return token
}

/** A call that comes before the one that matters: whatever goes wrong with it, nothing has been asked for. */
export async function beforeAll<T>(calling: Promise<T>): Promise<T> {
  return calling.catch((error: unknown) => {
    if (error instanceof NotSent) throw error
    throw new NotSent('provider_unavailable', 'Pesapal could not be prepared for the call.')
  })
}

/** Its errors come under several names, often with HTTP 200. */
function read(status: number, text: string): Reply {
  const fields = objectOf(text)
  const error = fieldsOf(fields['error'])
  const errorCode = textOf(error['code']) ?? ''
  return {
    ok: status < 300 && errorCode === '' && (textOf(fields['status']) ?? '200') === '200',
    fields,
    list: listOf(text),
    errorCode,
    message: textOf(error['message']) || textOf(fields['message']) || errorCode || `HTTP ${status}`,
  }
}

function listOf(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function keyOf({ credentials, url }: Account): string {
  return `${url} ${credentials['consumerKey']} ${credentials['consumerSecret']}`
}
