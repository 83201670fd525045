import { type XmlContent, type XmlElement, elementIn, readXml, textIn, writeXml } from '../../../xml.ts'
import type { Account } from '../provider.ts'
import { NotSent, send } from '../web.ts'

const security = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const passwordText =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText'

export type Reply = {
  /** The call went well; of a payment it says so only together with its state. */
  readonly successful: boolean
  readonly resultCode: string
  readonly message: string
  readonly answered: XmlElement | undefined
}

/**
 * One call to PayU's enterprise API.
 * @throws NotSent where it surely did nothing; any other fault, a 5xx, or what is no XML, leaves it open
 */
export async function call(
  account: Account,
  operation: 'setTransaction' | 'getTransaction' | 'doTransaction',
  fields: Readonly<Record<string, XmlContent | undefined>>,
): Promise<Reply> {
  const { soapUsername = '', soapPassword = '', safeKey = '' } = account.credentials
  const { status, text } = await send({
    method: 'POST',
    url: `${account.url}/service/PayUAPI`,
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><wsse:Security soap:mustUnderstand="1" xmlns:wsse="${security}"><wsse:UsernameToken>${writeXml({ 'wsse:Username': soapUsername })}<wsse:Password Type="${passwordText}">${writeXml(soapPassword)}</wsse:Password></wsse:UsernameToken></wsse:Security></soap:Header><soap:Body><ns1:${operation} xmlns:ns1="http://soap.api.controller.web.payjar.com/">${writeXml({ Api: 'ONE_ZERO', Safekey: safeKey, ...fields })}</ns1:${operation}></soap:Body></soap:Envelope>`,
  })
  // A fault comes with 500, also where it only means that PayU does not know us.
  const body = status < 500 || /<(\w+:)?Fault[\s>]/.test(text) ? elementIn(readXml(text), 'Body') : undefined
  const fault = textIn(body, 'Fault', 'faultstring')
  if (fault !== undefined && /authenticat|wsse|security token/i.test(fault))
    throw new NotSent('provider_config_error', `PayU refuses the soapUsername or the soapPassword: ${fault}`)
  if (fault !== undefined || status >= 500) throw new Error(`PayU answered ${status}`)
  const answered = elementIn(body?.children[0], 'return')
  const message = textIn(answered, 'resultMessage') ?? textIn(answered, 'displayMessage') ?? `HTTP ${status}`
  if (/safe ?key/i.test(message))
    throw new NotSent('provider_config_error', `PayU refuses the safeKey: ${message}`)
  return {
    successful: textIn(answered, 'successful') === 'true',
    resultCode: textIn(answered, 'resultCode') ?? '',
    message,
    answered,
  }
}
