import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import {
  type RowOf,
  command,
  instant,
  integer,
  json,
  nullable,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { isoInstant } from '../../http/present.ts'
import { checkPublicUrl } from '../../http/public-address.ts'
import type { SessionPrincipal } from '../../http/principals.ts'
import { publicId } from '../../ids.ts'
import { audit } from '../access/index.ts'
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
  rate_limit_per_minute: nullable(integer),
  created_at: instant,
  updated_at: instant,
}
type TenantRow = RowOf<typeof tenantColumns>

const selectTenant = `
  select t.id, t.name, t.company_name, m.email, t.country, t.currency, t.timezone, t.webhook_url, t.settings,
    t.rate_limit_per_minute, t.created_at, t.updated_at
  from tenants t
  join members m on m.tenant_id = t.id and m.role = 'OWNER'
  where t.id = $1::uuid`

export const tenantById = statement('tenants.by_id', selectTenant, tenantColumns)
const lockTenant = statement('tenants.lock', `${selectTenant} for update of t`, tenantColumns)

const saveTenant = command(
  'tenants.save',
  `update tenants
   set name = $2, company_name = $3, webhook_url = $4, country = $5, currency = $6, timezone = $7, settings = $8, updated_at = $9
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
  if (input.webhookUrl !== undefined && input.webhookUrl !== null) {
    await checkPublicUrl('webhookUrl', input.webhookUrl)
  }
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
    updated_at: tx.now,
  }
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
    ),
  )
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
  const merged = Object.entries({ ...current, ...changes }).filter(
    ([, value]) => value !== null && value !== undefined,
  )
  return Object.fromEntries(merged)
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
    settings: row.settings,
    rateLimitPerMinute: row.rate_limit_per_minute ?? config.RATE_LIMIT_PER_MINUTE,
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}
