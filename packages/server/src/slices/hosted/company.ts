import type { Reader } from '../../db/transaction.ts'
import type { LinkPrincipal } from '../../http/principals.ts'
import { findLogo } from '../tenants/index.ts'
import type { Company, LogoOfCompany } from './schema.ts'
import { companyOf } from './sql.ts'

/** Who bills, and what it lets its customers do. */
export async function findCompany(
  reader: Pick<Reader, 'query'>,
  principal: Pick<LinkPrincipal, 'tenantId' | 'isTest'>,
): Promise<{ company: Company; mayCancel: boolean; planCodes: readonly string[] }> {
  const [row] = await reader.query(companyOf(principal.tenantId))
  if (!row) throw new Error('a tenant vanished')
  return {
    company: {
      name: row.company_name,
      brandColor: row.brand_color,
      hasLogo: row.logo_digest !== null,
      returnUrl: row.return_url,
      isTest: principal.isTest,
    },
    mayCancel: row.may_cancel,
    planCodes: row.plans,
  }
}

/** The logo by itself, so that a page on a slow network shows what matters before it. */
export async function readLogo(
  reader: Pick<Reader, 'query'>,
  { tenantId, environmentId }: Pick<LinkPrincipal, 'tenantId' | 'environmentId'>,
): Promise<LogoOfCompany> {
  const [row] = await reader.query(companyOf(tenantId))
  const logo = await findLogo(reader, environmentId, row?.logo_digest)
  if (!logo) return { logo: null }
  return { logo: `data:${logo.type};base64,${Buffer.from(logo.bytes).toString('base64')}` }
}
