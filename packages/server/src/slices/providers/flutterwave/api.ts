import type { Account } from '../provider.ts'
import { NotSent, fieldsOf, objectOf, send, textOf } from '../web.ts'

export type Reply = {
  readonly http: number
  readonly ok: boolean
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly list: readonly unknown[]
  readonly meta: Readonly<Record<string, unknown>>
}

/** One call to Flutterwave v3. @throws NotSent where it surely did nothing; a 5xx leaves it open */
export async function call(
  account: Account,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const { status, text } = await send({
    method,
    url: `${account.url}${path}`,
    headers: {
      authorization: `Bearer ${account.credentials['secretKey'] ?? ''}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (status >= 500) throw new Error(`Flutterwave answered ${status}`)
  const answer = objectOf(text)
  const message = textOf(answer['message']) ?? `HTTP ${status}`
  if (status === 401 || status === 403)
    throw new NotSent('provider_config_error', `Flutterwave refuses the secretKey: ${message}`)
  const data: unknown = answer['data']
  return {
    http: status,
    ok: answer['status'] === 'success',
    message,
    data: fieldsOf(data),
    list: Array.isArray(data) ? data : [],
    meta: fieldsOf(answer['meta']),
  }
}
