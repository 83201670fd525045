import type { Deps } from '../../../deps.ts'
import { type XmlContent, textIn } from '../../../xml.ts'
import { type Account, type CheckoutRequest, type Outcome, type Started, accountOf } from '../provider.ts'
import { NotSent, misconfigured } from '../web.ts'
import { type Reply, call } from './api.ts'
import { amountText, declined, queryTransaction } from './transaction.ts'

type Wanted = {
  readonly account: Account | null
  readonly reference: string
  readonly amountMinor: bigint
  readonly currency: string
}
/** Results by which DPO has taken a charge on, or had before. */
const taken = new Set(['000', '001', '002', '003', '005', '007', '200'])

type Payer = CheckoutRequest['payer']

/** A page of DPO's. With `keepMethod` the card can be charged again where DPO has switched that on for the account. */
export async function startCheckout(deps: Deps, request: CheckoutRequest): Promise<Started> {
  const account = accountOf(request)
  const hours = Math.ceil(request.expiresAt.since(deps.clock.now()).total('hours'))
  const reply = await createToken(deps, request, request.payer, request.description, {
    RedirectURL: request.successUrl,
    BackURL: request.cancelUrl,
    DeclinedURL: request.cancelUrl,
    PTL: String(Math.max(1, hours)),
    PTLtype: 'hours',
    ...(request.keepMethod ? { AllowRecurrent: '1' } : {}),
  })
  const handle = textIn(reply.root, 'TransToken')
  if (reply.result === '000' && handle !== undefined)
    return { status: 'started', url: `${account.url}/payv2.php?ID=${encodeURIComponent(handle)}`, handle }
  return reply.result === '905' || reply.result === '906'
    ? declined(reply, 'limit_exceeded')
    : misconfigured(`DPO: ${reply.message}`)
}

/**
 * Charges a saved card. DPO knows a charge by a transaction token, which is paid at most once: one that was made before
 * is used again, and it is kept also where the answer to the charge itself is lost.
 */
export async function charge(
  deps: Deps,
  request: Wanted & {
    readonly handle: string | null
    readonly token: string
    readonly payer: Omit<Payer, 'phone'>
  },
): Promise<Outcome> {
  if (request.handle !== null) {
    const again = await chargeToken(deps, request, request.handle)
    if (again !== 'expired') return again
  }
  const payer = { ...request.payer, phone: null }
  const reply = await createToken(deps, request, payer, request.reference, { PTL: '24', PTLtype: 'hours' })
  const handle = textIn(reply.root, 'TransToken')
  // What has this reference is paid: how it ended is asked about.
  if (reply.result === '940') return { status: 'unknown' }
  if (reply.result === '905' || reply.result === '906') return declined(reply, 'limit_exceeded')
  if (reply.result !== '000' || handle === undefined) return misconfigured(`DPO: ${reply.message}`)
  const charged = await chargeToken(deps, request, handle)
  return charged === 'expired' ? { status: 'unknown' } : charged
}

async function chargeToken(
  deps: Deps,
  request: Wanted & { readonly token: string },
  handle: string,
): Promise<Outcome | 'expired'> {
  const account = accountOf(request)
  try {
    const reply = await call(account, 'chargeTokenRecurrent', {
      TransactionToken: handle,
      subscriptionToken: request.token,
    })
    if (reply.result === '903' || reply.result === '902') return 'expired'
    if (reply.result === '950') return misconfigured(`DPO: ${reply.message}`)
    if (reply.result === '999' || reply.result === '901') return declined(reply)
    // Charged, or charged before: what it has come to, DPO is asked.
    const found = await queryTransaction(deps, { ...request, handle, payerEmail: null })
    if (found.status === 'not_found')
      return taken.has(reply.result) ? { status: 'unknown', handle } : declined(reply)
    return withHandle(found, handle)
  } catch (error) {
    if (error instanceof NotSent) throw error
    deps.log.warn({ err: error, reference: request.reference }, 'a charge at DPO was not answered')
    return { status: 'unknown', handle }
  }
}

function withHandle(outcome: Outcome, handle: string): Outcome {
  return outcome.status === 'pending' || outcome.status === 'unknown' ? { ...outcome, handle } : outcome
}

function createToken(
  deps: Deps,
  { account, reference, amountMinor, currency }: Wanted,
  payer: Payer,
  description: string,
  more: Readonly<Record<string, XmlContent>>,
): Promise<Reply> {
  const own = accountOf({ account })
  const [first, ...rest] = (payer.name ?? '').trim().split(/\s+/)
  // DPO's clock is East Africa's; the day is all that it looks at.
  const at = deps.clock.now().toZonedDateTimeISO('Africa/Nairobi').toPlainDateTime()
  const day = at.toString({ smallestUnit: 'minute' }).replaceAll('-', '/').replace('T', ' ')
  return call(own, 'createToken', {
    Transaction: {
      PaymentAmount: amountText(amountMinor, currency) ?? '',
      PaymentCurrency: currency,
      CompanyRef: reference,
      CompanyRefUnique: '1',
      ...more,
      customerFirstName: first === '' ? undefined : first,
      customerLastName: rest.length === 0 ? undefined : rest.join(' '),
      customerEmail: payer.email ?? undefined,
      customerPhone: payer.phone?.replace(/^\+/, ''),
      customerCountry: payer.country ?? undefined,
      TransactionSource: 'API',
    },
    Services: {
      Service: {
        ServiceType: own.credentials['serviceType'] ?? '',
        ServiceDescription: description,
        ServiceDate: day,
      },
    },
  })
}
