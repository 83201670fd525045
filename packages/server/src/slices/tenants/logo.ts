import { createHash } from 'node:crypto'
import { bytes, command, oneOf, statement } from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { type Logo, logoFault, logoOf } from '../../documents/index.ts'
import { invalid } from '../../refusal.ts'

export const logoTypes = ['image/png', 'image/jpeg', 'image/svg+xml'] as const

const insertLogo = command(
  'tenants.insert_logo',
  `insert into logos (tenant_id, digest, media_type, bytes, created_at)
   values ($1::uuid, $2, $3, $4, $5)
   on conflict (tenant_id, digest) do nothing`,
)

const logoByDigest = statement(
  'tenants.logo',
  `select l.media_type, l.bytes
   from environments e
   join logos l on l.tenant_id = e.tenant_id
   where e.id = $1::uuid and l.digest = $2`,
  { media_type: oneOf(...logoTypes), bytes },
)

/** A logo as it is kept. */
export type KeptLogo = Logo & { readonly digest: string }

/** Reads a logo that is to be kept. Refuses one that cannot be drawn, or that is no mere picture. */
export async function readLogo(path: string, dataUrl: string): Promise<KeptLogo> {
  const logo = logoOf(dataUrl)
  const message = logo ? await logoFault(logo) : 'must be a data URL of a PNG, JPEG or SVG'
  if (!logo || message !== null) throw invalid({ path, message: message ?? '' })
  return { ...logo, digest: createHash('sha256').update(logo.bytes).digest('hex') }
}

/** Keeps a logo for ever, once. */
export function keepLogo(tx: Tx, tenantId: string, { digest, type, bytes: content }: KeptLogo): void {
  tx.defer(insertLogo(tenantId, digest, type, Buffer.from(content), tx.now))
}

/** The logo that a document was issued with. */
export async function findLogo(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  digest: string | null | undefined,
): Promise<Logo | null> {
  if (!digest) return null
  const [kept] = await reader.query(logoByDigest(environmentId, digest))
  if (!kept) throw new Error(`logo ${digest} of ${environmentId} is gone`)
  return { type: kept.media_type, bytes: kept.bytes }
}
