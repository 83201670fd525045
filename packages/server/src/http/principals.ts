import { BlockList, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { crc32 } from 'node:zlib'
import type { Deps } from '../deps.ts'
import { instant, integer, nullable, oneOf, statement, textArray, uuid } from '../db/statement.ts'
import { reader } from '../db/transaction.ts'
import { sha256 } from '../secrets.ts'
import {
  cookieOf,
  dashboardPerMinute,
  environmentHeader,
  scopesOf,
  visitByCookie,
} from './dashboard-cookie.ts'
import { kindOf, openHosted } from './hosted-links.ts'
import { Forbidden, Unauthorized } from './problems.ts'
import type { Role } from './roles.ts'
import { verifyToken } from './tokens.ts'

/** A member of a tenant, signed in. */
export type SessionPrincipal = {
  readonly kind: 'session'
  readonly tenantId: string
  readonly memberId: string
  readonly sessionId: string
  readonly role: Role
  readonly rateLimit: number
}

/** A program with an API key, in one environment. */
export type KeyPrincipal = {
  readonly kind: 'key'
  readonly tenantId: string
  readonly keyId: string
  readonly environmentId: string
  readonly isTest: boolean
  readonly scopes: ReadonlySet<string>
  readonly rateLimit: number
}

/** A member who works with an environment's data in the dashboard, as far as their role goes. */
type DashboardPrincipal = {
  readonly kind: 'dashboard'
  readonly tenantId: string
  readonly memberId: string
  readonly sessionId: string
  readonly environmentId: string
  readonly isTest: boolean
  readonly scopes: ReadonlySet<string>
  readonly rateLimit: number
}

/** Whoever follows a link to the pages of one customer. */
export type PortalPrincipal = {
  readonly kind: 'portal'
  readonly tenantId: string
  readonly environmentId: string
  readonly isTest: boolean
  /** Stored, not public. */
  readonly customerId: string
  readonly expiresAtMs: number
  readonly rateLimit: number
}

/** Whoever follows a link to the page of one invoice. */
export type PayPrincipal = {
  readonly kind: 'pay'
  readonly tenantId: string
  readonly environmentId: string
  readonly isTest: boolean
  readonly customerId: string
  readonly invoiceId: string
  readonly rateLimit: number
}

/** Whoever may work with the data of one environment. */
export type DataPrincipal = KeyPrincipal | DashboardPrincipal

export type LinkPrincipal = PortalPrincipal | PayPrincipal

export type Principal = SessionPrincipal | DataPrincipal | LinkPrincipal

const keyFormat = /^sk_(live|test)_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const cacheMs = 1000
/** Requests a minute of one link: a page that waits for a payment asks every other second. */
const linkPerMinute = 120

/** A new key's text. 32 base62 characters of randomness (190 bits) and a checksum, so a typo is recognised offline. */
export function formatKey(kind: 'live' | 'test', random: Uint8Array): string {
  let secret = ''
  // Bytes of 248 and above are skipped: 248 is the last multiple of 62, and a plain remainder would favour some letters.
  for (const byte of random) if (byte < 248 && secret.length < 32) secret += base62.charAt(byte % 62)
  if (secret.length < 32) throw new Error('too few random bytes for a key')
  return `sk_${kind}_${secret}${checksum(`sk_${kind}_${secret}`)}`
}

function checksum(body: string): string {
  let rest = crc32(body)
  let digits = ''
  for (let index = 0; index < 6; index++) {
    digits = base62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

function isWellFormed(key: string): boolean {
  return keyFormat.test(key) && checksum(key.slice(0, -6)) === key.slice(-6)
}

const keyByHash = statement(
  'principals.key_by_hash',
  `select key_id, tenant_id, environment_id, environment_kind, scopes, allowed_ips, expires_at, revoked_at, rate_limit_per_minute
   from key_by_hash($1)`,
  {
    key_id: uuid,
    tenant_id: uuid,
    environment_id: uuid,
    environment_kind: oneOf('LIVE', 'TEST'),
    scopes: textArray,
    allowed_ips: textArray,
    expires_at: nullable(instant),
    revoked_at: nullable(instant),
    rate_limit_per_minute: nullable(integer),
  },
)

const liveSession = statement(
  'principals.live_session',
  `select s.member_id, m.role, t.rate_limit_per_minute
   from sessions s
   join members m on m.tenant_id = s.tenant_id and m.id = s.member_id
   join tenants t on t.id = s.tenant_id
   where s.tenant_id = $1::uuid and s.id = $2::uuid and s.revoked_at is null and s.expires_at > $3::timestamptz`,
  {
    member_id: uuid,
    role: oneOf('OWNER', 'ADMIN', 'MEMBER', 'VIEWER'),
    rate_limit_per_minute: nullable(integer),
  },
)

const portalOfCustomer = statement(
  'principals.portal_of_customer',
  `select tenant_id, environment_kind from portal_of_customer($1::uuid, $2::uuid)`,
  { tenant_id: uuid, environment_kind: oneOf('LIVE', 'TEST') },
)
const pageOfInvoice = statement(
  'principals.page_of_invoice',
  `select tenant_id, environment_kind, customer_id from page_of_invoice($1::uuid, $2::uuid, $3::timestamptz)`,
  { tenant_id: uuid, environment_kind: oneOf('LIVE', 'TEST'), customer_id: uuid },
)

type CachedKey = {
  readonly principal: KeyPrincipal
  readonly readAtMs: number
  readonly expiresAtMs: number
  readonly allowed: BlockList | undefined
}

/** Finds out who calls. Keys are remembered for a second; a revocation is pushed and forgets them at once. */
export class Principals {
  readonly #deps: Deps
  readonly #keys = new Map<string, CachedKey>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * `access`: what is asked for, as a member in the dashboard is one principal for the account and another for data.
   * @throws Unauthorized, the same for every reason; Forbidden for a cookie that another site's page sent
   */
  async identify(request: FastifyRequest, access: 'session' | 'key' | 'link'): Promise<Principal> {
    const header = request.headers.authorization
    if (header === undefined && access !== 'link') {
      const cookie = cookieOf(request)
      if (cookie !== undefined) return this.#byCookie(cookie, request, access)
    }
    const credential = header?.startsWith('Bearer ') ? header.slice(7) : undefined
    if (credential === undefined || credential.length > 4096) throw new Unauthorized()
    if (kindOf(credential)) return this.#byLink(credential)
    return credential.startsWith('sk_') ? this.#byKey(credential, request.ip) : this.#byToken(credential)
  }

  /** Forgets a key on this node. */
  forget(hashHex: string): void {
    this.#keys.delete(hashHex)
  }

  /** Drops what is too old to be used again. */
  sweep(): void {
    const now = this.#deps.clock.nowMs()
    for (const [hash, { readAtMs }] of this.#keys) if (now - readAtMs >= cacheMs) this.#keys.delete(hash)
  }

  async #byKey(key: string, ip: string): Promise<KeyPrincipal> {
    if (!isWellFormed(key)) throw new Unauthorized()
    const hash = sha256(key)
    const hex = hash.toString('hex')
    const now = this.#deps.clock.nowMs()
    let cached = this.#keys.get(hex)
    if (!cached || now - cached.readAtMs >= cacheMs) {
      cached = await this.#readKey(hash, now)
      this.#keys.set(hex, cached)
    }
    if (now >= cached.expiresAtMs) throw new Unauthorized()
    if (cached.allowed && !cached.allowed.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')) throw new Unauthorized()
    return cached.principal
  }

  async #readKey(hash: Buffer, readAtMs: number): Promise<CachedKey> {
    const [row] = await this.#deps.db.query(keyByHash(hash))
    if (!row) throw new Unauthorized()
    return {
      principal: {
        kind: 'key',
        tenantId: row.tenant_id,
        keyId: row.key_id,
        environmentId: row.environment_id,
        isTest: row.environment_kind === 'TEST',
        scopes: new Set(row.scopes),
        rateLimit: row.rate_limit_per_minute ?? this.#deps.config.RATE_LIMIT_PER_MINUTE,
      },
      readAtMs,
      expiresAtMs: Math.min(
        row.expires_at?.epochMilliseconds ?? Infinity,
        row.revoked_at?.epochMilliseconds ?? Infinity,
      ),
      allowed: row.allowed_ips.length === 0 ? undefined : ipList(row.allowed_ips),
    }
  }

  async #byCookie(token: string, request: FastifyRequest, access: 'session' | 'key'): Promise<Principal> {
    const visit = await visitByCookie(this.#deps, token, request)
    const { tenantId, sessionId, memberId, role, environment } = visit
    const rateLimit = dashboardPerMinute
    if (access === 'session') return { kind: 'session', tenantId, sessionId, memberId, role, rateLimit }
    if (!environment) throw new Forbidden(`the header ${environmentHeader} with one of your environments`)
    return {
      kind: 'dashboard',
      tenantId,
      sessionId,
      memberId,
      environmentId: environment.id,
      isTest: environment.isTest,
      scopes: scopesOf(role),
      rateLimit,
    }
  }

  async #byLink(credential: string): Promise<LinkPrincipal> {
    const link = openHosted(this.#deps, credential)
    if (!link) throw new Unauthorized()
    const { environmentId, id, expiresAtMs } = link
    const { db, clock } = this.#deps
    if (link.kind === 'portal') {
      const [row] = await db.query(portalOfCustomer(environmentId, id))
      if (!row) throw new Unauthorized()
      const isTest = row.environment_kind === 'TEST'
      const { tenant_id: tenantId } = row
      return {
        kind: 'portal',
        tenantId,
        environmentId,
        isTest,
        customerId: id,
        expiresAtMs,
        rateLimit: linkPerMinute,
      }
    }
    const [row] = await db.query(pageOfInvoice(environmentId, id, clock.now()))
    if (!row) throw new Unauthorized()
    return {
      kind: 'pay',
      tenantId: row.tenant_id,
      environmentId,
      isTest: row.environment_kind === 'TEST',
      customerId: row.customer_id,
      invoiceId: id,
      rateLimit: linkPerMinute,
    }
  }

  async #byToken(token: string): Promise<SessionPrincipal> {
    const claims = await verifyToken(this.#deps, token, 'access')
    if (!claims) throw new Unauthorized()
    const [row] = await reader(this.#deps.db, { tenantId: claims.tenantId }).query(
      liveSession(claims.tenantId, claims.sessionId, this.#deps.clock.now()),
    )
    if (!row) throw new Unauthorized()
    return {
      kind: 'session',
      tenantId: claims.tenantId,
      memberId: row.member_id,
      sessionId: claims.sessionId,
      role: row.role,
      rateLimit: row.rate_limit_per_minute ?? this.#deps.config.RATE_LIMIT_PER_MINUTE,
    }
  }
}

/** Addresses and ranges (`10.0.0.0/8`, `2001:db8::1`) as a set to ask. */
function ipList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  return list
}
