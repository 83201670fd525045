import { XmlError, readXml, textIn, writeXml, type XmlElement } from '../xml.ts'
import { type Ask, type Choice, type Reply, type Simulated, type World, headerOf } from './world.ts'

type Transaction = {
  token: string
  ref: string
  units: string
  currency: string
  company: string
  email: string
  result: string
  words: string
  fraud: string
  recurrent: boolean
  untilMs: number
  back: string
  cancelled: string
  refunded: number
}

/** Cards that need no page first: what charging them comes to. */
const knownCards: Readonly<Record<string, readonly [result: string, words: string]>> = {
  SIMSUCCEEDS: ['000', 'Transaction charged successfully'],
  SIMINSUFFICIENT: ['901', 'Insufficient funds'],
  SIMEXPIRED: ['901', 'Expired card'],
  SIMPENDING: ['003', 'Pending bank'],
  SIMFRAUD: ['000', 'Transaction charged successfully'],
}
const test = /^0{8}-0000-4000-8000-\d{12}$/

export const dpo: Simulated = {
  name: 'DPO',
  prefix: '/dpo',
  address: '/dpo',
  answer,
  actionOf: ({ path, body }) => `${path}${/<Request>(\w+)<\/Request>/.exec(body)?.[1] ?? ''}`,
}

const transactions = (world: World) => world.store<Transaction>('dpo.transactions')
const cards = (world: World) => world.store<string>('dpo.cards')

function answer(world: World, ask: Ask): Reply {
  if (ask.path === '/payv2.php') {
    const page = world.store<string>('dpo.pages').get(ask.query.get('ID') ?? '')
    return page === undefined
      ? { status: 404, body: 'There is no such page.', type: 'text/plain' }
      : { status: 307, body: '', headers: { location: page } }
  }
  if (ask.method !== 'POST' || ask.path !== '/API/v6/') return { status: 404, body: '' }
  if (!headerOf(ask, 'content-type').startsWith('application/xml')) return say('804', 'Error in XML')
  let root: XmlElement
  try {
    root = readXml(ask.body)
  } catch (error) {
    if (error instanceof XmlError) return say('804', 'Error in XML')
    throw error
  }
  const company = textIn(root, 'CompanyToken')
  if (company === undefined) return say('801', 'Request missing company token')
  if (!test.test(company)) return say('802', 'Company token does not exist')
  const found = transactions(world).get(textIn(root, 'TransactionToken') ?? '')
  switch (textIn(root, 'Request') ?? '') {
    case 'getServices':
      return say('000', 'Company services found')
    case 'createToken':
      return create(world, company, root)
    case 'verifyToken':
      return verify(found ?? byReference(world, company, textIn(root, 'CompanyRef')))
    case 'getSubscriptionToken': {
      const card = cards(world).get(`${company} ${textIn(root, 'SearchCriteriaValue')}`)
      return card === undefined
        ? say('999', 'No subscription was found')
        : say('000', 'Subscription found', { SubscriptionToken: card, CustomerToken: `C${card}` })
    }
    case 'chargeTokenRecurrent':
      return chargeCard(world, found, textIn(root, 'subscriptionToken') ?? '')
    case 'refundToken':
      return giveBack(world, found, root)
    default:
      return say('803', 'No request or error in request type name')
  }
}

/** The one that is paid, else the last of this reference. */
function byReference(world: World, company: string, ref: string | undefined): Transaction | undefined {
  const all = [...transactions(world).values()].filter((one) => one.company === company && one.ref === ref)
  return all.find(({ result }) => result === '000') ?? all.at(-1)
}

function create(world: World, company: string, root: XmlElement): Reply {
  const field = (name: string): string => textIn(root, 'Transaction', name) ?? ''
  const ref = field('CompanyRef')
  if (byReference(world, company, ref)?.result === '000' && field('CompanyRefUnique') === '1')
    return say('940', 'CompanyREF already exists and paid')
  if (ref === '' || !/^\d+(\.\d{1,2})?$/.test(field('PaymentAmount')) || Number(field('PaymentAmount')) <= 0)
    return say('950', 'Request missing mandatory fields')
  const at = textIn(root, 'Services', 'Service', 'ServiceDate') ?? ''
  const service = textIn(root, 'Services', 'Service', 'ServiceType') ?? ''
  if (!/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/.test(at) || !/^\d+$/.test(service))
    return say('950', 'Request missing mandatory fields')
  if (field('customerCountry') !== '' && !/^[A-Z]{2}$/.test(field('customerCountry')))
    return say('902', 'Data mismatch in one of the fields - customerCountry')
  if (!/^[A-Z]{3}$/.test(field('PaymentCurrency'))) return say('904', 'Currency not supported')
  const made: Transaction = {
    token: `SIM-TOKEN-${world.next()}`,
    ref,
    units: field('PaymentAmount'),
    currency: field('PaymentCurrency'),
    company,
    email: field('customerEmail'),
    result: '900',
    words: 'Transaction not paid yet',
    fraud: '000',
    recurrent: field('AllowRecurrent') === '1',
    untilMs: world.clock.nowMs() + Number(field('PTL') || '96') * 3_600_000,
    back: field('RedirectURL'),
    cancelled: field('BackURL'),
    refunded: 0,
  }
  transactions(world).set(made.token, made)
  const page = world.addPage({
    title: 'DPO Pay',
    amount: `${made.units} ${made.currency}`,
    choose: (choice) => onPage(world, made, choice),
  })
  world.store<string>('dpo.pages').set(made.token, page)
  return say('000', 'Transaction created', { TransToken: made.token, TransRef: `R${made.token}` })
}

function onPage(world: World, made: Transaction, choice: Choice): string {
  const told = `TransID=${made.token}&TransactionToken=${made.token}&CompanyRef=${made.ref}`
  if (made.result === '000') return `${made.back}?${told}`
  if (choice === 'cancel') {
    ;[made.result, made.words] = ['904', 'Transaction cancelled']
    return `${made.cancelled}?${told}`
  }
  if (choice === 'succeed') {
    if (made.recurrent) {
      const card = `SIMCARD${world.next()}`
      cards(world).set(`${made.company} ${made.email}`, card)
      cards(world).set(card, made.company)
    }
    pay(world, made)
  } else {
    ;[made.result, made.words] = [
      '901',
      choice === 'insufficient_funds' ? 'Insufficient funds' : 'Transaction declined',
    ]
  }
  return `${made.back}?${told}`
}

function pay(world: World, made: Transaction): void {
  if (world.takeFault('DPO', '', ['other_amount'])) made.units = (Number(made.units) + 1).toFixed(2)
  if (world.takeFault('DPO', '', ['other_currency'])) made.currency = 'USD'
  ;[made.result, made.words] = ['000', 'Transaction Paid']
  const { ref: reference, units, currency } = made
  world.movements.push({ provider: 'DPO', kind: 'charge', reference, units, currency })
  if (world.takeFault('DPO', '', ['other_reference'])) made.ref = 'of-somebody-else'
  tell(world, made)
}

function verify(made: Transaction | undefined): Reply {
  if (!made) return say('902', 'Transaction does not exist')
  if (made.result !== '000') return say(made.result, made.words)
  return say('000', 'Transaction Paid', {
    CompanyRef: made.ref,
    CustomerName: 'Simulated',
    CustomerCredit: '7367',
    CustomerCreditType: 'Mastercard',
    TransactionApproval: 'SIM',
    TransactionCurrency: made.currency,
    TransactionAmount: made.units,
    FraudAlert: made.fraud,
  })
}

function chargeCard(world: World, made: Transaction | undefined, card: string): Reply {
  if (!made) return say('902', 'Transaction does not exist')
  if (made.result === '000') return say('200', 'Transaction already paid')
  if (made.untilMs < world.clock.nowMs()) return say('903', 'The transaction passed the Payment Time Limit')
  const known = knownCards[card]
  if (!known && cards(world).get(card) !== made.company) return say('999', 'Invalid card token')
  const [result, words] = known ?? ['000', 'Transaction charged successfully']
  if (card === 'SIMFRAUD') made.fraud = '001'
  if (result === '000') pay(world, made)
  else [made.result, made.words] = [result, words]
  return say(result === '901' ? '999' : result, words)
}

/** No answer tells of it later, and a reference is not looked at. */
function giveBack(world: World, made: Transaction | undefined, root: XmlElement): Reply {
  const amount = textIn(root, 'refundAmount') ?? ''
  if (!made || made.result !== '000' || !/^\d+(\.\d{1,2})?$/.test(amount) || !textIn(root, 'refundDetails'))
    return say('950', 'Request missing mandatory fields')
  if (made.refunded + Number(amount) > Number(made.units) + 0.001)
    return say('999', made.refunded === 0 ? 'Amount exceeds' : 'The transaction was already refunded')
  made.refunded += Number(amount)
  world.movements.push({
    provider: 'DPO',
    kind: 'refund',
    reference: textIn(root, 'refundRef') ?? '',
    units: amount,
    currency: made.currency,
  })
  return say('000', 'Refund processed successfully')
}

/** It is sent for what was paid, to the address that is known for the company. Nothing signs it. */
function tell(world: World, { company, token, ref, units, currency }: Transaction): void {
  const url = world.addresses.get(`DPO ${company}`)
  if (url === undefined) return
  world.tell({
    provider: 'DPO',
    url,
    type: 'text/xml',
    body: document('000', 'Transaction Paid', {
      TransactionToken: token,
      TransactionCurrency: currency,
      TransactionAmount: units,
      CompanyRef: ref,
    }),
    signed: () => ({}),
  })
}

function document(result: string, words: string, more: Readonly<Record<string, string>>): string {
  return `<?xml version="1.0" encoding="utf-8"?>${writeXml({
    API3G: { Result: result, ResultExplanation: words, ...more },
  })}`
}

function say(result: string, words: string, more: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body: document(result, words, more), type: 'application/xml' }
}
