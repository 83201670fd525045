import {
  type Ask,
  type Reply,
  type Simulated,
  type World,
  headerOf,
  jsonBody,
  jsonReply,
  textField,
} from './world.ts'

type Prompt = {
  id: string
  amount: string
  phone: string
  callback: string
  result: string | undefined
  receipt: string | undefined
  isReversed: boolean
}

/** By the last two digits of the phone, what its owner does at once. Others wait for the page of the prompt. */
const knownPhones: Readonly<Record<string, string>> = {
  '00': 'succeed',
  '01': 'insufficient_funds',
  '32': 'cancel',
  '37': 'timeout',
}
const results: Readonly<Record<string, readonly [code: string, words: string]>> = {
  succeed: ['0', 'The service request is processed successfully.'],
  insufficient_funds: ['1', 'The balance is insufficient for the transaction.'],
  declined: ['2001', 'The initiator information is invalid.'],
  cancel: ['1032', 'Request cancelled by user.'],
  timeout: ['1037', 'DS timeout user cannot be reached.'],
}

export const mpesa: Simulated = { name: 'MPESA', prefix: '/mpesa-daraja', address: '/mpesa-daraja', answer }

function answer(world: World, ask: Ask): Reply {
  const tokens = world.store<string>('mpesa.tokens')
  if (ask.path === '/oauth/v1/generate') {
    const basic = Buffer.from(headerOf(ask, 'authorization').replace(/^Basic /, ''), 'base64').toString()
    if (!/^sim\w{6,}:sim\w{6,}$/.test(basic) || basic.includes('invalid')) return { status: 400, body: '' }
    const token = `token${world.next()}`
    tokens.set(token, basic)
    return jsonReply(200, { access_token: token, expires_in: '3599' })
  }
  if (!tokens.has(headerOf(ask, 'authorization').replace(/^Bearer /, '')))
    return refuse(404, '404.001.03', 'Invalid Access Token')
  const body = jsonBody(ask)
  if (ask.path === '/mpesa/reversal/v1/request') return reverse(world, body)
  const code = textField(body, 'BusinessShortCode')
  const time = textField(body, 'Timestamp')
  const password = Buffer.from(textField(body, 'Password'), 'base64').toString()
  if (!/^\d{14}$/.test(time) || !password.startsWith(code) || !password.endsWith(time))
    return refuse(500, '500.001.1001', '[MerchantValidate] - Wrong credentials')
  switch (ask.path) {
    case '/mpesa/stkpush/v1/processrequest':
      return push(world, body)
    case '/mpesa/stkpushquery/v1/query':
      return query(world, textField(body, 'CheckoutRequestID'))
    default:
      return refuse(404, '404.001.01', 'Resource not found')
  }
}

const prompts = (world: World) => world.store<Prompt>('mpesa.prompts')

function push(world: World, body: Readonly<Record<string, unknown>>): Reply {
  const phone = textField(body, 'PhoneNumber')
  const amount = textField(body, 'Amount')
  if (!/^254[17]\d{8}$/.test(phone)) return refuse(400, '400.002.02', 'Bad Request - Invalid PhoneNumber')
  if (!/^[1-9]\d*$/.test(amount)) return refuse(400, '400.002.02', 'Bad Request - Invalid Amount')
  const made: Prompt = {
    id: `ws_CO_sim${world.next()}`,
    amount,
    phone,
    callback: textField(body, 'CallBackURL'),
    result: undefined,
    receipt: undefined,
    isReversed: false,
  }
  prompts(world).set(made.id, made)
  const choice = knownPhones[phone.slice(-2)]
  if (choice === undefined || choice === 'timeout') {
    const url = world.addPage({
      title: 'M-Pesa',
      amount: `${amount} KES`,
      choose(chosen) {
        settle(world, made, chosen)
        return `${world.origin}/pay`
      },
    })
    world.prompts.delete(phone)
    world.prompts.set(phone, url)
  }
  if (choice !== undefined) settle(world, made, choice)
  return jsonReply(200, {
    MerchantRequestID: `merchant${world.next()}`,
    CheckoutRequestID: made.id,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  })
}

/** The first answer stands, but for a phone that could not be reached: it may still pay. */
function settle(world: World, made: Prompt, choice: string): void {
  if (made.result !== undefined && made.result !== 'timeout') return
  made.result = choice
  const [code = '9999', words = ''] = results[choice] ?? []
  const reference = new URL(made.callback).searchParams.get('reference') ?? ''
  if (choice === 'succeed') made.receipt = `SIM${world.next()}`
  if (choice === 'succeed')
    world.movements.push({
      provider: 'MPESA',
      kind: 'charge',
      reference,
      units: made.amount,
      currency: 'KES',
    })
  const paid = {
    CallbackMetadata: {
      Item: [
        { Name: 'Amount', Value: Number(made.amount) },
        { Name: 'MpesaReceiptNumber', Value: made.receipt },
        { Name: 'Balance' },
        { Name: 'PhoneNumber', Value: Number(made.phone) },
      ],
    },
  }
  const callback = {
    MerchantRequestID: 'merchant',
    CheckoutRequestID: made.id,
    ResultCode: Number(code),
    ResultDesc: words,
    ...(choice === 'succeed' ? paid : {}),
  }
  world.tell({
    provider: 'MPESA',
    url: made.callback,
    type: 'application/json',
    body: JSON.stringify({ Body: { stkCallback: callback } }),
    signed: () => ({}),
  })
}

/** Takes a request for the whole of a payment, and tells how it ended at the address that it names. */
function reverse(world: World, body: Readonly<Record<string, unknown>>): Reply {
  const isWhole = textField(body, 'CommandID') === 'TransactionReversal'
  if (!isWhole || textField(body, 'RecieverIdentifierType') !== '11')
    return refuse(400, '400.002.02', 'Bad Request - Invalid CommandID')
  const made = [...prompts(world).values()].find(
    ({ receipt }) => receipt !== undefined && receipt === textField(body, 'TransactionID'),
  )
  const url = textField(body, 'ResultURL')
  const conversation = `AG_sim${world.next()}`
  const isKnown = textField(body, 'Initiator') !== 'siminvalid'
  const end = !isKnown
    ? (['2001', 'The initiator information is invalid.'] as const)
    : !made || made.isReversed || made.amount !== textField(body, 'Amount')
      ? (['R000002', 'The OriginalTransactionID is invalid.'] as const)
      : (['0', 'The service request is processed successfully.'] as const)
  if (made && end[0] === '0') {
    made.isReversed = true
    world.movements.push({
      provider: 'MPESA',
      kind: 'refund',
      reference: new URL(url).searchParams.get('reversal') ?? '',
      units: made.amount,
      currency: 'KES',
    })
  }
  const result = {
    ResultType: 0,
    ResultCode: end[0],
    ResultDesc: end[1],
    OriginatorConversationID: `sim-${conversation}`,
    ConversationID: conversation,
    TransactionID: `SIM${world.next()}`,
  }
  world.tell({
    provider: 'MPESA',
    url,
    type: 'application/json',
    body: JSON.stringify({ Result: result }),
    signed: () => ({}),
  })
  return jsonReply(200, {
    OriginatorConversationID: `sim-${conversation}`,
    ConversationID: conversation,
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  })
}

function query(world: World, id: string): Reply {
  const made = prompts(world).get(id)
  if (!made) return refuse(400, '400.002.02', 'Bad Request - Invalid CheckoutRequestID')
  if (made.result === undefined) return refuse(500, '500.001.1001', 'The transaction is being processed')
  const [code = '9999', words = ''] = results[made.result] ?? []
  return jsonReply(200, {
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successfully',
    MerchantRequestID: 'merchant',
    CheckoutRequestID: id,
    ResultCode: code,
    ResultDesc: words,
  })
}

function refuse(status: number, errorCode: string, errorMessage: string): Reply {
  return jsonReply(status, { requestId: 'sim', errorCode, errorMessage })
}
