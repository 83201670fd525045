import { Secret, TOTP } from 'otpauth'

const stepSeconds = 30

/** A new secret of 160 bits, as RFC 4226 recommends, in base32. */
export function newSecret(random: Uint8Array<ArrayBuffer>): string {
  return new Secret({ buffer: random.buffer }).base32
}

/** What an authenticator app reads from a QR code. */
export function enrolmentUri(secret: string, account: string): string {
  return generator(secret, account).toString()
}

/**
 * The number of the thirty seconds that a code belongs to (RFC 6238), if it is a code of now, of the step before or of
 * the one after: clocks of phones are not exact.
 */
export function stepOfCode(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const delta = generator(secret, '').validate({ token: code, timestamp: nowMs, window: 1 })
  return delta === null ? undefined : Math.floor(nowMs / 1000 / stepSeconds) + delta
}

function generator(secret: string, account: string): TOTP {
  return new TOTP({
    issuer: 'NovaBilling',
    label: account === '' ? 'NovaBilling' : account,
    algorithm: 'SHA1',
    digits: 6,
    period: stepSeconds,
    secret: Secret.fromBase32(secret),
  })
}
