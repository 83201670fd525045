import { XmlError, elementIn, readXml, textIn, writeXml, type XmlContent, type XmlElement } from '../xml.ts'
import { type Ask, type Choice, type Reply, type Simulated, type World, headerOf } from './world.ts'

type Transaction = {
  id: string
  reference: string
  type: 'PAYMENT' | 'CREDIT'
  units: string
  currency: string
  safeKey: string
  state: 'NEW' | 'PROCESSING' | 'SUCCESSFUL' | 'FAILED'
  code: string
  words: string
  keeps: boolean
  pmId: string | undefined
  noticeUrl: string
  of: string | undefined
}

/** Cards that need no page first: what charging them comes to. */
const knownCards: Readonly<
  Record<string, readonly [state: Transaction['state'], code: string, words: string]>
> = {
  SIMSUCCEEDS: ['SUCCESSFUL', '00', 'Successful'],
  SIMINSUFFICIENT: ['FAILED', 'P003', 'Insufficient funds'],
  SIMEXPIRED: ['FAILED', '10006', 'Invalid expiry date'],
  SIMPENDING: ['PROCESSING', '00', 'Processing'],
}
/** Any amount above five million is declined. */
const mostUnits = 500_000_000n

export const payu: Simulated = {
  name: 'PAYU',
  prefix: '/payu',
  address: '/payu',
  answer,
  actionOf: ({ path, body }) => `${path}/${/<ns1:(\w+)/.exec(body)?.[1] ?? ''}`,
}

const transactions = (world: World) => world.store<Transaction>('payu.transactions')
const cards = (world: World) => world.store<string>('payu.cards')

function answer(world: World, ask: Ask): Reply {
  if (ask.path === '/rpp.do') {
    const page = world.store<string>('payu.pages').get(ask.query.get('PayUReference') ?? '')
    return page === undefined
      ? { status: 404, body: 'There is no such page.', type: 'text/plain' }
      : { status: 307, body: '', headers: { location: page } }
  }
  if (ask.method !== 'POST' || ask.path !== '/service/PayUAPI') return { status: 404, body: '' }
  if (!headerOf(ask, 'content-type').startsWith('text/xml')) return { status: 415, body: '' }
  let root: XmlElement
  try {
    root = readXml(ask.body)
  } catch (error) {
    if (error instanceof XmlError) return fault('Error reading XMLStreamReader')
    throw error
  }
  const login = elementIn(root, 'Header', 'Security', 'UsernameToken')
  const isKnown = [textIn(login, 'Username'), textIn(login, 'Password')].every((value) =>
    /^sim\w{6,}$/.test(value ?? ''),
  )
  if (!isKnown || textIn(login, 'Username')?.includes('invalid'))
    return fault('The security token could not be authenticated or authorized')
  const asked = elementIn(root, 'Body')?.children[0]
  const operation = asked?.name ?? ''
  const safeKey = textIn(asked, 'Safekey') ?? ''
  if (textIn(asked, 'Api') !== 'ONE_ZERO' || !safeKey.startsWith('{00000000-'))
    return say(operation, {
      successful: 'false',
      resultMessage: 'The safekey is not valid for this merchant',
    })
  switch (operation) {
    case 'setTransaction':
      return set(world, safeKey, asked)
    case 'getTransaction':
      return get(world, safeKey, asked)
    case 'doTransaction':
      return textIn(asked, 'TransactionType') === 'CREDIT'
        ? credit(world, safeKey, asked)
        : charge(world, safeKey, asked)
    default:
      return fault('Unmarshalling Error')
  }
}

function begin(world: World, safeKey: string, asked: XmlElement | undefined): Transaction | string {
  const about = elementIn(asked, 'AdditionalInformation')
  const units = textIn(asked, 'Basket', 'amountInCents') ?? ''
  const currency = textIn(asked, 'Basket', 'currencyCode') ?? ''
  const reference = textIn(about, 'merchantReference') ?? ''
  if (!/^[1-9]\d*$/.test(units)) return 'amountInCents is not valid'
  if (!/^[A-Z]{3}$/.test(currency)) return 'currencyCode is not valid'
  if (reference === '') return 'merchantReference is required'
  return {
    id: `${10_000_000 + world.next()}`,
    reference,
    type: 'PAYMENT',
    units,
    currency,
    safeKey,
    state: 'NEW',
    code: '00',
    words: 'Successful',
    keeps: textIn(about, 'storePaymentMethod') === 'true',
    pmId: undefined,
    noticeUrl: textIn(about, 'notificationUrl') ?? '',
    of: undefined,
  }
}

function set(world: World, safeKey: string, asked: XmlElement | undefined): Reply {
  const made = begin(world, safeKey, asked)
  if (typeof made === 'string') return say('setTransaction', { successful: 'false', resultMessage: made })
  transactions(world).set(made.id, made)
  const about = elementIn(asked, 'AdditionalInformation')
  const [back = '', cancelled = ''] = [textIn(about, 'returnUrl'), textIn(about, 'cancelUrl')]
  const page = world.addPage({
    title: 'PayU',
    amount: `${made.units} ${made.currency}`,
    choose(choice) {
      onPage(world, made, choice)
      return `${choice === 'cancel' ? cancelled : back}?PayUReference=${made.id}`
    },
  })
  world.store<string>('payu.pages').set(made.id, page)
  return say('setTransaction', {
    successful: 'true',
    payUReference: made.id,
    merchantReference: made.reference,
  })
}

function onPage(world: World, made: Transaction, choice: Choice): void {
  if (made.state === 'SUCCESSFUL') return
  if (choice === 'succeed' && made.keeps) {
    made.pmId = `SIMCARD${world.next()}`
    cards(world).set(made.pmId, made.safeKey)
  }
  const words = {
    cancel: 'Cancelled by the user',
    insufficient_funds: 'Insufficient funds',
    declined: 'Declined',
  }
  if (choice === 'succeed') end(world, made, ['SUCCESSFUL', '00', 'Successful'])
  else end(world, made, ['FAILED', 'P003', words[choice]])
}

function charge(world: World, safeKey: string, asked: XmlElement | undefined): Reply {
  const made = begin(world, safeKey, asked)
  if (typeof made === 'string') return say('doTransaction', { successful: 'false', resultMessage: made })
  const card = textIn(asked, 'Creditcard', 'pmId') ?? ''
  const isRecurring = textIn(asked, 'Customfields', 'value') === 'REAL_TIME_RECURRING'
  const known = knownCards[card]
  if (
    !isRecurring ||
    textIn(asked, 'AuthenticationType') !== 'TOKEN' ||
    (!known && cards(world).get(card) !== safeKey)
  )
    return say('doTransaction', {
      successful: 'false',
      resultCode: '10015',
      resultMessage: 'There is no previous transaction',
    })
  made.pmId = card
  transactions(world).set(made.id, made)
  end(world, made, known ?? ['SUCCESSFUL', '00', 'Successful'])
  return say('doTransaction', {
    successful: String(made.state !== 'FAILED'),
    payUReference: made.id,
    merchantReference: made.reference,
    resultCode: made.code,
    resultMessage: made.words,
  })
}

function end(
  world: World,
  made: Transaction,
  [state, code, words]: readonly [Transaction['state'], string, string],
): void {
  const tooMuch = BigInt(made.units) > mostUnits
  ;[made.state, made.code, made.words] = tooMuch ? ['FAILED', 'P003', 'Declined'] : [state, code, words]
  if (made.state === 'SUCCESSFUL') {
    if (world.takeFault('PAYU', '', ['other_amount'])) made.units = String(BigInt(made.units) + 100n)
    if (world.takeFault('PAYU', '', ['other_currency'])) made.currency = 'USD'
    const { reference, units, currency } = made
    world.movements.push({ provider: 'PAYU', kind: 'charge', reference, units, currency })
    if (world.takeFault('PAYU', '', ['other_reference'])) made.reference = 'of-somebody-else'
  }
  if (made.state !== 'PROCESSING') tell(world, made)
}

/** The last one of a reference, unless PayU's own is asked for. */
function get(world: World, safeKey: string, asked: XmlElement | undefined): Reply {
  const about = elementIn(asked, 'AdditionalInformation')
  const [id, reference] = [textIn(about, 'payUReference'), textIn(about, 'merchantReference')]
  const all = [...transactions(world).values()].filter((one) => one.safeKey === safeKey)
  const made = all.findLast((one) => (id === undefined ? one.reference === reference : one.id === id))
  if (!made)
    return say('getTransaction', {
      successful: 'false',
      resultCode: '999',
      resultMessage: 'Transaction not found',
    })
  return say('getTransaction', {
    successful: String(made.state === 'SUCCESSFUL'),
    payUReference: made.id,
    merchantReference: made.reference,
    transactionState: made.state,
    transactionType: made.type,
    resultCode: made.code,
    resultMessage: made.words,
    basket: { amountInCents: made.units, currencyCode: made.currency, description: 'Simulated' },
    paymentMethodsUsed: {
      amountInCents: made.units,
      cardNumber: '522112xxxxxx1234',
      cardExpiry: '092032',
      information: 'Mastercard',
      pmId: made.pmId,
    },
  })
}

function credit(world: World, safeKey: string, asked: XmlElement | undefined): Reply {
  const made = begin(world, safeKey, asked)
  if (typeof made === 'string') return say('doTransaction', { successful: 'false', resultMessage: made })
  const of = transactions(world).get(textIn(asked, 'AdditionalInformation', 'payUReference') ?? '')
  const before = [...transactions(world).values()].filter((one) => one.type === 'CREDIT' && one.of === of?.id)
  const left = BigInt(of?.units ?? 0) - before.reduce((sum, one) => sum + BigInt(one.units), 0n)
  if (of?.state !== 'SUCCESSFUL' || BigInt(made.units) > left)
    return say('doTransaction', {
      successful: 'false',
      resultCode: '10027',
      resultMessage: 'The transaction is in the wrong state for the action',
    })
  const back: Transaction = { ...made, type: 'CREDIT', state: 'SUCCESSFUL', of: of.id }
  transactions(world).set(back.id, back)
  const { reference, units, currency } = back
  world.movements.push({ provider: 'PAYU', kind: 'refund', reference, units, currency })
  return say('doTransaction', {
    successful: 'true',
    payUReference: back.id,
    merchantReference: reference,
    resultCode: '00',
  })
}

function tell(world: World, made: Transaction): void {
  if (made.noticeUrl === '') return
  world.tell({
    provider: 'PAYU',
    url: made.noticeUrl,
    type: 'text/xml',
    body: `<?xml version="1.0" encoding="UTF-8"?>${writeXml({
      PaymentNotification: {
        MerchantReference: made.reference,
        TransactionType: made.type,
        TransactionState: made.state,
        ResultCode: made.code,
        ResultMessage: made.words,
        PayUReference: made.id,
        Basket: { Description: 'Simulated', AmountInCents: made.units, CurrencyCode: made.currency },
      },
    })}`,
    signed: () => ({}),
  })
}

function envelope(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`
}

function say(operation: string, answered: XmlContent): Reply {
  const name = `ns2:${operation}Response`
  const body = `<${name} xmlns:ns2="http://soap.api.controller.web.payjar.com/">${writeXml({ return: answered })}</${name}>`
  return { status: 200, body: envelope(body), type: 'text/xml' }
}

function fault(words: string): Reply {
  const body = `<soap:Fault>${writeXml({ faultcode: 'soap:Server', faultstring: words })}</soap:Fault>`
  return { status: 500, body: envelope(body), type: 'text/xml' }
}
