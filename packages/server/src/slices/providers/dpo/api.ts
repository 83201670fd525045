import { type XmlContent, type XmlElement, readXml, textIn, writeXml } from '../../../xml.ts'
import type { Account } from '../provider.ts'
import { NotSent, send } from '../web.ts'

export type Reply = {
  /** Three digits. */
  readonly result: string
  readonly message: string
  readonly root: XmlElement
}

/** DPO's word that the company token, or the call itself, is not one it knows. */
const notAcceptable = new Set(['801', '802', '803', '804'])

/**
 * One call to DPO's API v6. Names come in the order in which they are given, which DPO minds.
 * @throws NotSent where it surely did nothing; a 5xx, or what is no XML, leaves it open
 */
export async function call(
  account: Account,
  request: string,
  fields: Readonly<Record<string, XmlContent | undefined>>,
): Promise<Reply> {
  const { companyToken = '' } = account.credentials
  const { status, text } = await send({
    method: 'POST',
    url: `${account.url}/API/v6/`,
    headers: { 'content-type': 'application/xml', accept: 'application/xml' },
    body: `<?xml version="1.0" encoding="utf-8"?>${writeXml({
      API3G: { CompanyToken: companyToken, Request: request, ...fields },
    })}`,
  })
  if (status >= 500) throw new Error(`DPO answered ${status}`)
  const root = readXml(text)
  const result = textIn(root, 'Result') ?? ''
  const message = textIn(root, 'ResultExplanation') ?? `result ${result}`
  if (notAcceptable.has(result) && request !== 'verifyToken')
    throw new NotSent('provider_config_error', `DPO refuses the companyToken or the call: ${message}`)
  return { result, message, root }
}
