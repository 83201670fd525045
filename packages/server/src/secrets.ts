import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

const version = 1

/**
 * Seals secrets for storage: AES-256-GCM under a random key for each record, which is itself wrapped by the
 * key-encryption key. `place` (`environment|table|row|column`) is authenticated, so a sealed value copied to
 * another row does not open.
 */
export type Sealer = {
  seal(plain: string, place: string): Buffer
  open(sealed: Uint8Array, place: string): string
}

/** Layout: version 1 · key id 4 · wrapped data key 12+32+16 · nonce 12 · tag 16 · ciphertext. */
export function createSealer(encryptionKey: string): Sealer {
  const master = createHash('sha256').update('novabilling seal\0').update(encryptionKey).digest()
  const keyId = createHash('sha256').update(master).digest().subarray(0, 4)
  return {
    seal(plain, place) {
      const dataKey = randomBytes(32)
      return Buffer.concat([
        Buffer.of(version),
        keyId,
        encrypt(master, dataKey, place),
        encrypt(dataKey, Buffer.from(plain, 'utf8'), place),
      ])
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed)
      if (bytes[0] !== version || !bytes.subarray(1, 5).equals(keyId)) {
        throw new Error('a secret was sealed with another ENCRYPTION_KEY')
      }
      const dataKey = decrypt(master, bytes.subarray(5, 65), place)
      return decrypt(dataKey, bytes.subarray(65), place).toString('utf8')
    },
  }
}

function encrypt(key: Uint8Array, plain: Uint8Array, place: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function decrypt(key: Uint8Array, sealed: Uint8Array, place: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(place))
  decipher.setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}

export function sha256(text: string | Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(text).digest())
}

/** A secret for one purpose, made from a longer-lived one. */
export function derive(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}

/** 256 random bits, for links that are sent by mail. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
