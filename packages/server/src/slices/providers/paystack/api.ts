import type { Account, Outcome } from '../provider.ts'
import { NotSent, type Answered, fieldsOf, misconfigured, objectOf, send, textOf } from '../web.ts'

export type Reply = {
  readonly http: number
  /** The call itself went well; says nothing about a payment. */
  readonly ok: boolean
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly list: readonly unknown[]
}

/** One call to Paystack. @throws NotSent where it surely did nothing; a 5xx leaves it open */
export async function call(
  account: Account,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const answered = await send({
    method,
    url: `${account.url}${path}`,
    headers: {
      authorization: `Bearer ${account.credentials['secretKey'] ?? ''}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (answered.status >= 500) throw new Error(`Paystack answered ${answered.status}`)
  const reply = read(answered)
  if (answered.status === 401 || answered.status === 403) {
    throw new NotSent('provider_config_error', `Paystack refuses the secretKey: ${reply.message}`)
  }
  return reply
}

function read({ status, text }: Answered): Reply {
  const body = objectOf(text)
  const data: unknown = body['data']
  return {
    http: status,
    ok: body['status'] === true,
    message: textOf(body['message']) ?? `HTTP ${status}`,
    data: fieldsOf(data),
    list: Array.isArray(data) ? data : [],
  }
}

/** A call that Paystack understood and did not carry out, because of how it was made. */
export function refused(reply: Reply): Extract<Outcome, { status: 'unavailable' }> {
  return misconfigured(`Paystack: ${reply.message}`)
}

/** Paystack's references have no underscores. */
export function referenceFor(reference: string): string {
  return reference.replaceAll('_', '-')
}

/** Ours, from Paystack's. */
export function ownReference(reference: string): string {
  return reference.replaceAll('-', '_')
}

/** Paystack counts hundredths in every currency, also where the currency has none. */
export const decimals = 2
