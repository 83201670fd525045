import { Counter } from 'prom-client'
import { metrics } from '../../http/operations.ts'

const attempts = new Counter({
  name: 'novabilling_provider_attempts_total',
  help: 'Charges and refunds tried or asked about by this process, by what came out',
  labelNames: ['kind', 'provider', 'outcome'],
  registers: [metrics],
})
const setAside = new Counter({
  name: 'novabilling_payments_set_aside_total',
  help: 'Charges and refunds that a provider confirmed with other money than was asked for; somebody has to look at them',
  labelNames: ['kind', 'provider'],
  registers: [metrics],
})

/** Counts what came out of an attempt. */
export function countAttempt(
  kind: 'charge' | 'refund' | 'checkout',
  provider: string,
  recorded: { status: string; failureCode: string | null },
): void {
  attempts.inc({ kind, provider, outcome: recorded.status.toLowerCase() })
  if (recorded.failureCode === 'amount_mismatch') setAside.inc({ kind, provider })
}
