import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import {
  type RowOf,
  bytes,
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { isoInstant } from '../../http/present.ts'
import { checkPublicHost, checkPublicUrl } from '../../http/public-address.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../access/index.ts'
import { type KeptLogo, keepLogo, logoTypes, readLogo } from './logo.ts'
import { setDefaultUrl } from '../webhooks/index.ts'
import type { Tenant, TenantSettings, UpdateTenant } from './schema.ts'

const tenantColumns = {
  id: uuid,
  name: text,
  company_name: text,
  email: text,
  country: nullable(text),
  currency: text,
  timezone: text,
  webhook_url: nullable(text),
  settings: json<TenantSettings>(),
  smtp_password_sealed: nullable(bytes),
  logo_digest: nullable(text),
  logo_type: nullable(oneOf(...logoTypes)),
  logo_bytes: nullable(bytes),
  rate_limit_per_minute: nullable(integer),
  created_at: instant,
  updated_at: instant,
}
type TenantRow = RowOf<typeof tenantColumns>

const selectTenant = `
  select t.id, t.name, t.company_name, m.email, t.country, t.currency, t.timezone, t.webhook_url, t.settings, t.smtp_password_sealed,
    t.logo_digest, l.media_type as logo_type, l.bytes as logo_bytes, t.rate_limit_per_minute, t.created_at, t.updated_at
  from tenants t
  join members m on m.tenant_id = t.id and m.role = 'OWNER'
  left join logos l on l.tenant_id = t.id and l.digest = t.logo_digest
  where t.id = $1::uuid`

export const tenantById = statement('tenants.by_id', selectTenant, tenantColumns)
const lockTenant = statement('tenants.lock', `${selectTenant} for update of t`, tenantColumns)

const saveTenant = command(
  'tenants.save',
  `update tenants
   set name = $2, company_name = $3, webhook_url = $4, country = $5, currency = $6, timezone = $7, settings = $8, updated_at = $9,
     smtp_password_sealed = $10, logo_digest = $11
   where id = $1::uuid`,
)

/** Changes the account. Settings merge one level deep; a setting given as null is taken back. */
export async function updateTenant(
  deps: Deps,
  tx: Tx,
  by: SessionPrincipal,
  request: FastifyRequest,
  input: UpdateTenant,
): Promise<Tenant> {
  const { webhookUrl } = input
  if (typeof webhookUrl === 'string' && deps.config.WEBHOOK_TARGETS === 'public')
    await checkPublicUrl('webhookUrl', webhookUrl)
  if (input.settings?.smtp && deps.config.WEBHOOK_TARGETS === 'public')
    await checkPublicHost('settings.smtp.host', input.settings.smtp.host)
  const dataUrl = input.settings?.logo
  const logo = typeof dataUrl === 'string' ? await readLogo('settings.logo', dataUrl) : dataUrl
  const [current] = await tx.query(lockTenant(by.tenantId))
  if (!current) throw new Error('a tenant vanished')

  const saved: TenantRow = {
    ...current,
    name: input.name ?? current.name,
    company_name: input.companyName ?? current.company_name,
    webhook_url: input.webhookUrl === undefined ? current.webhook_url : input.webhookUrl,
    country: input.country === undefined ? current.country : input.country,
    currency: input.currency ?? current.currency,
    timezone: input.timezone ?? current.timezone,
    settings: mergeSettings(current.settings, input.settings ?? {}),
    smtp_password_sealed: sealedPassword(deps, current, input.settings?.smtp),
    ...logoColumns(current, logo),
    updated_at: tx.now,
  }
  if (logo) keepLogo(tx, saved.id, logo)
  tx.defer(
    saveTenant(
      saved.id,
      saved.name,
      saved.company_name,
      saved.webhook_url,
      saved.country,
      saved.currency,
      saved.timezone,
      JSON.stringify(saved.settings),
      saved.updated_at,
      saved.smtp_password_sealed,
      saved.logo_digest,
    ),
  )
  if (webhookUrl !== undefined && webhookUrl !== current.webhook_url)
    await setDefaultUrl(deps, tx, saved.id, webhookUrl)
  const { settings, ...rest } = input
  const fields = [...Object.keys(rest), ...Object.keys(settings ?? {}).map((name) => `settings.${name}`)]
  audit(deps, tx, request, by, {
    action: 'tenant.updated',
    target: publicId('tenant', saved.id),
    details: { fields },
  })
  return presentTenant(deps, saved)
}

function mergeSettings(
  current: TenantSettings,
  changes: NonNullable<UpdateTenant['settings']>,
): TenantSettings {
  const { smtp, logo: _, ...rest } = changes
  const stored: Partial<Record<keyof TenantSettings, unknown>> = { ...current, ...rest }
  if (smtp === null) delete stored.smtp
  else if (smtp) {
    const { host, port, secure = port === 465, user = null, from } = smtp
    stored.smtp = { host, port, secure, user, from }
  }
  const merged = Object.entries(stored).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(merged)
}

/** A logo takes the place of the one before; null takes it away, and undefined leaves it. */
function logoColumns(
  current: TenantRow,
  logo: KeptLogo | null | undefined,
): Pick<TenantRow, 'logo_digest' | 'logo_type' | 'logo_bytes'> {
  if (logo === undefined) {
    const { logo_digest, logo_type, logo_bytes } = current
    return { logo_digest, logo_type, logo_bytes }
  }
  if (logo === null) return { logo_digest: null, logo_type: null, logo_bytes: null }
  return { logo_digest: logo.digest, logo_type: logo.type, logo_bytes: Buffer.from(logo.bytes) }
}

/** The password of the tenant's mail server as it is to be stored. */
function sealedPassword(
  { sealer }: Deps,
  { id, smtp_password_sealed: current }: TenantRow,
  smtp: NonNullable<UpdateTenant['settings']>['smtp'],
): TenantRow['smtp_password_sealed'] {
  if (smtp === undefined) return current
  if (smtp === null) return null
  return smtp.password === undefined ? current : Buffer.from(sealer.seal(smtp.password, smtpPlace(id)))
}

/** Where a tenant's SMTP password is sealed for. */
export function smtpPlace(tenantId: string): string {
  return `${tenantId}|tenants|${tenantId}|smtp_password_sealed`
}

function presentSettings({
  settings: { smtp, ...settings },
  smtp_password_sealed: sealed,
  logo_type: type,
  logo_bytes: content,
}: TenantRow): Tenant['settings'] {
  return {
    ...settings,
    ...(type && content ? { logo: `data:${type};base64,${Buffer.from(content).toString('base64')}` } : {}),
    ...(smtp ? { smtp: { ...smtp, hasPassword: sealed !== null } } : {}),
  }
}

export function presentTenant({ config }: Deps, row: TenantRow): Tenant {
  return {
    id: publicId('tenant', row.id),
    name: row.name,
    companyName: row.company_name,
    email: row.email,
    country: row.country,
    currency: row.currency,
    timezone: row.timezone,
    webhookUrl: row.webhook_url,
    settings: presentSettings(row),
    rateLimitPerMinute: row.rate_limit_per_minute ?? config.RATE_LIMIT_PER_MINUTE,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}
