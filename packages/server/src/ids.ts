/**
 * Identifiers: a prefix that says what the thing is, and 26 characters of Crockford base32 over a UUIDv7.
 * Users see `cust_01kbt…`; tables hold the plain `uuid`. Translation happens at the edge only.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
/** By character code; -1 where there is none. A batch of usage names a thousand ids, so no BigInt here. */
const values = Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)))

export const idPrefixes = {
  tenant: 'ten',
  environment: 'env',
  member: 'mem',
  invitation: 'invt',
  session: 'ses',
  auditEntry: 'aud',
  apiKey: 'key',
  customer: 'cust',
  plan: 'plan',
  price: 'price',
  subscription: 'sub',
  invoice: 'inv',
  invoiceLine: 'line',
  payment: 'pay',
  refund: 'ref',
  dispute: 'dsp',
  paymentMethod: 'pm',
  paymentProvider: 'prov',
  checkout: 'chk',
  creditNote: 'cn',
  creditNoteLine: 'cnl',
  tax: 'tax',
  taxAssignment: 'taxa',
  coupon: 'cpn',
  appliedCoupon: 'cpa',
  addOn: 'addon',
  appliedAddOn: 'addona',
  planOverride: 'ovr',
  wallet: 'wal',
  walletTransaction: 'wtx',
  event: 'evt',
  webhookEndpoint: 'whe',
  webhookDelivery: 'whd',
  mail: 'mail',
  billableMetric: 'met',
  charge: 'chg',
  // What the customer's system reports; the API knows each kind by its address.
  usageEvent: 'evt',
  ledgerTransaction: 'txn',
} as const

export type IdKind = keyof typeof idPrefixes

/** Two characters for each ten bits: a billing run writes eight ids an invoice, and BigInt would cost more than the rest. */
const pairs = Array.from(
  { length: 1024 },
  (_, bits) => alphabet.charAt(bits >> 5) + alphabet.charAt(bits & 31),
)

/** The public form of a stored uuid: `publicId('customer', uuid)` → `cust_01kbt2…`. */
export function publicId(kind: IdKind, uuid: string): string {
  const hex = uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24)
  // 8 bits make the first two characters, and each 20 bits the next four.
  let text = pairs[Number.parseInt(hex.slice(0, 2), 16)] ?? ''
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16)
    text += (pairs[bits >> 10] ?? '') + (pairs[bits & 1023] ?? '')
  }
  return `${idPrefixes[kind]}_${text}`
}

/** The stored uuid of a public id, or undefined when it is not one of this kind (then nothing can have it). */
export function parseId(kind: IdKind, id: string): string | undefined {
  const prefix = `${idPrefixes[kind]}_`
  if (!id.startsWith(prefix) || id.length !== prefix.length + 26) return undefined
  // The first two characters hold eight bits, and each four after them 20.
  let hex = ''
  for (let at = prefix.length, size = 2; at < id.length; at += size, size = 4) {
    let bits = 0
    for (let place = at; place < at + size; place++) {
      const value = values[id.charCodeAt(place)] ?? -1
      if (value < 0) return undefined
      bits = (bits << 5) | value
    }
    if (size === 2 && bits > 255) return undefined
    hex += bits.toString(16).padStart(size === 2 ? 2 : 5, '0')
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export type Ids = { next(): string }

/** UUIDv7 (RFC 9562 §5.7), rising within one process even inside a millisecond. */
export function createIds(options: { nowMs: () => number; randomBytes: (size: number) => Uint8Array }): Ids {
  let lastMs = 0
  let counter = 0
  let pool: Uint8Array = new Uint8Array(0)
  let used = 0
  return {
    next() {
      if (used + 8 > pool.length) {
        pool = options.randomBytes(4096)
        used = 0
      }
      const nowMs = options.nowMs()
      if (nowMs > lastMs) {
        lastMs = nowMs
        counter = ((pool[used] ?? 0) << 3) | 1
      } else if (++counter > 0xfff) {
        lastMs++
        counter = 0
      }
      const tail = Buffer.from(pool.buffer, pool.byteOffset + used, 8).toString('hex')
      used += 8
      const time = lastMs.toString(16).padStart(12, '0')
      const variant = ((Number.parseInt(tail.charAt(0), 16) & 3) | 8).toString(16)
      return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`
    },
  }
}
