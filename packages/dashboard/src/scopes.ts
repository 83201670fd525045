const resources = ['customers', 'plans', 'subscriptions', 'invoices', 'payments'] as const

/** Every scope that a key may have. */
export const everyScope = [
  ...resources.flatMap((name) => [`${name}:read`, `${name}:write`]),
  'analytics:read',
]

/** The scopes of a key in a line. */
export function scopesInWords(scopes: readonly string[]): string {
  return everyScope.every((scope) => scopes.includes(scope)) ? 'all' : scopes.join(', ')
}
