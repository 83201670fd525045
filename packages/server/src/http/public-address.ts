import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import { invalid } from '../refusal.ts'

const allowedPorts = new Set(['', '443', '8443'])

/**
 * Whether an address may be connected to for a stranger: a global unicast one. Everything else is the inside of some
 * network: loopback, private, link-local, shared, documentation, or one of these wrapped in IPv6 (mapped, NAT64,
 * 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || isGlobalUnicast(parsed.toNormalizedString())
}

/** 2000::/3 is all of IPv6 that is given out for the public network; the deprecated `::a.b.c.d` lies outside. */
function isGlobalUnicast(address: string): boolean {
  const first = Number.parseInt(address.split(':')[0] ?? '', 16)
  return first >= 0x2000 && first < 0x4000
}

/**
 * Checks an address that we are to send to on somebody's behalf: https, no credentials, a usual port, and a host that
 * leads to public addresses only. A name that does not resolve now is let through: it is resolved and checked again
 * whenever it is connected to.
 * @throws Refusal that names the field
 */
export async function checkPublicUrl(path: string, value: string): Promise<void> {
  const fault = await faultOf(new URL(value))
  if (fault !== undefined) throw invalid({ path, message: fault })
}

/**
 * The same for a host that is named without an address, such as a mail server.
 * @throws Refusal that names the field
 */
export async function checkPublicHost(path: string, host: string): Promise<void> {
  const fault = await faultOfHost(host)
  if (fault !== undefined) throw invalid({ path, message: fault })
}

/** What can be said of an address without resolving its name: undefined is well. */
export function addressFault(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'must be an https address'
  if (url.username !== '' || url.password !== '') return 'must not contain credentials'
  if (!allowedPorts.has(url.port)) return 'must use port 443 or 8443'
  const host = bareHost(url.hostname)
  return ipaddr.isValid(host) && !isPublicAddress(host) ? inside : undefined
}

const inside = 'must lead to a public address, not into a private network'

function bareHost(name: string): string {
  return name.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

async function faultOf(url: URL): Promise<string | undefined> {
  return addressFault(url) ?? faultOfHost(url.hostname)
}

async function faultOfHost(name: string): Promise<string | undefined> {
  const host = bareHost(name)
  if (ipaddr.isValid(host)) return isPublicAddress(host) ? undefined : inside
  if (/(^|\.)(localhost|local|internal|intranet|lan|home|corp)$/i.test(host) || !host.includes('.'))
    return inside
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.every(({ address }) => isPublicAddress(address)) ? undefined : inside
}
