import assert from 'node:assert/strict'
import { type Answer, type Caller, type TestServer, call } from './harness.ts'

/** What the browser behind a hosted link asks for. */
export type Guest = (method: string, path: string, body?: unknown) => Promise<Answer>

/** The credential that a page makes from its own address: `/portal/TOKEN` → `portal_TOKEN`. */
export function credentialOf(url: string): string {
  const [, kind, token] = new URL(url).pathname.split('/')
  return `${kind}_${token}`
}

/** The browser of a customer who was handed a link to its own pages. */
export async function portalOf(
  server: Pick<TestServer, 'api'>,
  as: Caller,
  customerId: string,
  body: object = {},
): Promise<{ guest: Guest; url: string; expiresAt: string; credential: string }> {
  const made = await as('POST', `/customers/${customerId}/portal-link`, body)
  assert.equal(made.status, 201, made.text)
  const { url, expiresAt } = made.body
  return { guest: guestOf(server, url), url, expiresAt, credential: credentialOf(url) }
}

export function guestOf(server: Pick<TestServer, 'api'>, url: string): Guest {
  const credential = credentialOf(url)
  return (method, path, body) =>
    call(server, method, path, { credential, ...(body === undefined ? {} : { body }) })
}
