/** What an API key may be allowed to do. The list is closed. */
export const scopes = [
  'customers:read',
  'customers:write',
  'plans:read',
  'plans:write',
  'subscriptions:read',
  'subscriptions:write',
  'invoices:read',
  'invoices:write',
  'payments:read',
  'payments:write',
  'analytics:read',
] as const

export type Scope = (typeof scopes)[number]
