import { createHmac } from 'node:crypto'
import type { Deps } from '../../../deps.ts'
import { type Account, type Found, type Outcome, type Report, accountOf } from '../provider.ts'
import { fieldsOf, misconfigured, textOf } from '../web.ts'
import { call } from './api.ts'

/** Nothing is heard of it by asking: only whether M-Pesa has told. */
const askAfterSeconds = 3600

type Wanted = {
  readonly account: Account | null
  readonly reference: string
  readonly handle: string | null
  readonly amountMinor: bigint
  readonly currency: string
  readonly report: Report | null
  readonly chargeReport: Report | null
}

/**
 * Asks for a whole payment back. M-Pesa knows it by the receipt that it told of it, and tells later how it ended; a
 * request whose answer is lost is never sent again.
 */
export async function reverse(deps: Deps, request: Wanted): Promise<Outcome> {
  const account = accountOf(request)
  const { initiatorName, securityCredential, shortCode = '' } = account.credentials
  if (initiatorName === undefined || securityCredential === undefined)
    return declined('The account has no initiatorName and securityCredential, which a reversal needs.')
  const { receipt, shillings } = request.chargeReport ?? {}
  if (receipt === undefined)
    return declined('M-Pesa never told the receipt of this payment: give it back in its own portal.')
  if (request.amountMinor !== BigInt(shillings ?? 0) * 100n)
    return declined('M-Pesa gives back the whole payment only.')
  const resultUrl = `${account.noticeUrl}?reversal=${request.reference}&proof=${proofOfReversal(account, request.reference)}`
  const reply = await call(deps, account, '/mpesa/reversal/v1/request', {
    Initiator: initiatorName,
    SecurityCredential: securityCredential,
    CommandID: 'TransactionReversal',
    TransactionID: receipt,
    Amount: shillings,
    ReceiverParty: shortCode,
    // As M-Pesa spells it.
    RecieverIdentifierType: '11',
    ResultURL: resultUrl,
    QueueTimeOutURL: `${resultUrl}&queue=timeout`,
    Remarks: 'Refund',
    Occasion: request.reference.slice(-12),
  })
  const handle = textOf(reply.fields['ConversationID'])
  if (textOf(reply.fields['ResponseCode']) === '0' && handle !== undefined)
    return { status: 'pending', askAfterSeconds, handle }
  return misconfigured(`M-Pesa: ${reply.message}`)
}

/** How a reversal ended, as M-Pesa told. */
export function endOfReversal({ report, handle, amountMinor, currency }: Wanted): Found {
  if (report === null) return handle === null ? { status: 'unknown' } : { status: 'pending', askAfterSeconds }
  const { code = '', words = '', transaction = '' } = report
  // 21 comes with words of success, in M-Pesa's own sample too.
  if (code === '0' || (code === '21' && /success/i.test(words)))
    return { status: 'succeeded', transactionId: transaction, amountMinor, currency }
  if (code === '2001')
    return declined('M-Pesa does not know the initiatorName, or the securityCredential is another.')
  return { status: 'declined', code: code === 'timeout' ? 'timeout' : 'processing_error', reason: words }
}

/** What is kept of a callback about a prompt: the receipt, which M-Pesa tells nowhere else. */
export function receiptOf(callback: Readonly<Record<string, unknown>>): Report | undefined {
  const { Item: items } = fieldsOf(callback['CallbackMetadata'])
  const valueOf = (name: string): string | undefined =>
    Array.isArray(items)
      ? textOf(items.map(fieldsOf).find((item) => item['Name'] === name)?.['Value'])
      : undefined
  const [receipt, amount] = [valueOf('MpesaReceiptNumber'), valueOf('Amount')]
  if (receipt === undefined || !/^\w{5,30}$/.test(receipt) || amount === undefined) return undefined
  const [, shillings] = /^(\d{1,9})(?:\.0+)?$/.exec(amount) ?? []
  return shillings === undefined ? undefined : { receipt, shillings }
}

/** What M-Pesa tells of a reversal, or that it did not get to it in time. */
export function reversalTold(
  answer: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, string>>,
): { handle: string | null; report: Report } {
  const result = fieldsOf(answer['Result'])
  const code = textOf(result['ResultCode'])
  const isLate = query['queue'] === 'timeout' && code === undefined
  return {
    handle: textOf(result['ConversationID']) ?? null,
    report: {
      code: isLate ? 'timeout' : (code ?? ''),
      words: isLate
        ? 'M-Pesa did not get to it in time.'
        : (textOf(result['ResultDesc']) ?? 'M-Pesa gave no reason.').slice(0, 300),
      transaction: textOf(result['TransactionID']) ?? '',
    },
  }
}

export function proofOfReversal({ credentials }: Account, reference: string): string {
  return createHmac('sha256', credentials['passkey'] ?? '')
    .update(`reversal ${credentials['consumerSecret'] ?? ''} ${reference}`)
    .digest('base64url')
}

function declined(reason: string): Extract<Outcome, { status: 'declined' }> {
  return { status: 'declined', code: 'not_permitted', reason }
}
