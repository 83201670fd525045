import { SignJWT, errors, jwtVerify } from 'jose'
import type { Deps } from '../deps.ts'
import { parseId, publicId } from '../ids.ts'

export const accessSeconds = 3600
export const refreshSeconds = 30 * 24 * 3600
export const sessionSeconds = 90 * 24 * 3600

const issuer = 'novabilling'

export type TokenUse = 'access' | 'refresh'
export type TokenClaims = {
  readonly tenantId: string
  readonly sessionId: string
  readonly memberId: string
  readonly tokenId: string
}

/**
 * Signs a token. The same claims at the same instant give the same text, which is how a lost refresh answer can
 * be given again without storing a token.
 */
export function signToken(
  deps: Pick<Deps, 'jwtKeys'>,
  claims: TokenClaims & { use: TokenUse; issuedAt: Temporal.Instant; expiresAt: Temporal.Instant },
): Promise<string> {
  const [key] = deps.jwtKeys
  if (!key) throw new Error('there is no key to sign tokens with')
  return new SignJWT({
    tid: publicId('tenant', claims.tenantId),
    sid: publicId('session', claims.sessionId),
    use: claims.use,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(publicId('member', claims.memberId))
    .setJti(`${claims.tokenId}.${claims.use}`)
    .setIssuedAt(seconds(claims.issuedAt))
    .setExpirationTime(seconds(claims.expiresAt))
    .sign(key)
}

/** The claims of a token that is genuine, in time and made for this use; undefined for any other. RFC 8725. */
export async function verifyToken(
  deps: Pick<Deps, 'jwtKeys' | 'clock'>,
  token: string,
  use: TokenUse,
): Promise<TokenClaims | undefined> {
  for (const key of deps.jwtKeys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'JWT',
        issuer,
        audience: issuer,
        requiredClaims: ['exp', 'iat', 'sub', 'jti', 'tid', 'sid', 'use'],
        currentDate: new Date(deps.clock.nowMs()),
      })
      const tenantId = parseId('tenant', String(payload['tid']))
      const sessionId = parseId('session', String(payload['sid']))
      const memberId = parseId('member', String(payload.sub))
      const [tokenId = ''] = String(payload.jti).split('.')
      if (payload['use'] !== use || !tenantId || !sessionId || !memberId) return undefined
      return { tenantId, sessionId, memberId, tokenId }
    } catch (error) {
      if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error
    }
  }
  return undefined
}

function seconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000)
}
