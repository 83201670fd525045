import { createHmac } from 'node:crypto'
import type { Deps } from '../../../deps.ts'
import { equalBytes } from '../../../secrets.ts'
import type { Account, Notice, Received } from '../provider.ts'
import { NotSent, fieldsOf, objectOf, textOf } from '../web.ts'
import { beforeAll, call } from './api.ts'

/** What Pesapal calls our address, by account; asked for once by each process. */
const registered = new Map<string, string>()
const mostRegistered = 1000

/** Every order names the address at which Pesapal tells of it. It is registered once. @throws NotSent */
export async function noticeId(deps: Deps, account: Account): Promise<string> {
  const url = `${account.noticeUrl}?proof=${proofOf(account)}`
  const key = `${account.url} ${account.credentials['consumerKey']} ${url}`
  const known = registered.get(key)
  if (known !== undefined) return known
  const { list } = await beforeAll(call(deps, account, 'GET', '/URLSetup/GetIpnList'))
  const same = list.map(fieldsOf).find((one) => one['url'] === url)
  const id = textOf(same?.['ipn_id']) ?? (await register(deps, account, url))
  if (registered.size >= mostRegistered) registered.clear()
  registered.set(key, id)
  return id
}

async function register(deps: Deps, account: Account, url: string): Promise<string> {
  const body = { url, ipn_notification_type: 'POST' }
  const reply = await beforeAll(call(deps, account, 'POST', '/URLSetup/RegisterIPN', body))
  const id = textOf(reply.fields['ipn_id'])
  if (id === undefined)
    throw new NotSent(
      'provider_config_error',
      `Pesapal does not take the address of notices: ${reply.message}`,
    )
  return id
}

/** Pesapal signs nothing: it is believed by the proof in its address, and then only to ask Pesapal itself. */
export function readNotice(account: Account, received: Received): Notice {
  const { proof } = received.query
  if (proof === undefined) return { kind: 'refused', reason: 'It came to an address without a proof.' }
  if (!equalBytes(Buffer.from(proof), Buffer.from(proofOf(account))))
    return { kind: 'refused', reason: 'The proof in its address is wrong.' }
  const { handle, reference } = orderOf(received)
  return handle === null && reference === null ? { kind: 'ignored' } : { kind: 'charge', reference, handle }
}

/** Pesapal wants its own words back, with a status. */
export function thanks(received: Received): { type: string; body: string } {
  const { type, handle, reference } = orderOf(received)
  return {
    type: 'application/json',
    body: JSON.stringify({
      orderNotificationType: type,
      orderTrackingId: handle,
      orderMerchantReference: reference,
      status: 200,
    }),
  }
}

/** It comes as a JSON body or in the query, and with any letters large. */
function orderOf({ body, query }: Received): {
  type: string | null
  handle: string | null
  reference: string | null
} {
  const all = { ...query, ...objectOf(body.toString('utf8')) }
  const fields = new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), textOf(value)]))
  return {
    type: fields.get('ordernotificationtype') ?? null,
    handle: fields.get('ordertrackingid') ?? null,
    reference: fields.get('ordermerchantreference') ?? null,
  }
}

function proofOf({ credentials, noticeUrl }: Account): string {
  return createHmac('sha256', credentials['consumerSecret'] ?? '')
    .update(`notices ${noticeUrl}`)
    .digest('base64url')
}
