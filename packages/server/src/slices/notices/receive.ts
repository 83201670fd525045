import { Counter } from 'prom-client'
import type { Deps } from '../../deps.ts'
import { metrics } from '../../http/operations.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { askAboutSessions } from '../checkout/index.ts'
import { collectionLoop, recordDispute } from '../payments/index.ts'
import { type Received, openAccount, providerNamed } from '../providers/index.ts'
import { bookLate } from './late.ts'
import {
  accountOfNotice,
  askAboutPayments,
  askAboutRefunds,
  countNotice,
  countRefused,
  failedPayments,
  keepReport,
} from './sql.ts'

const notices = new Counter({
  name: 'novabilling_provider_notices_total',
  help: 'Webhooks and callbacks of payment providers, by what became of them',
  labelNames: ['provider', 'outcome'],
  registers: [metrics],
})

/**
 * Takes what a provider sends about an account: checks it in the provider's own way over the raw bytes, and has the
 * provider asked about what it speaks of. Nothing in it is believed beyond that, so it may come late, twice, in any
 * order or never. Gives what the provider wants to hear.
 * @throws Refusal not_found, webhook_not_verified
 */
export async function receiveNotice(
  deps: Deps,
  address: { provider: string; accountId: string },
  received: Received,
): Promise<{ type: string; body: string }> {
  const id = parseId('paymentProvider', address.accountId)
  const [row] = id === undefined ? [] : await deps.workerDb.query(accountOfNotice(id))
  const kind = row && providerNamed(row.provider).account
  if (!row || !kind || row.provider.toLowerCase() !== address.provider.toLowerCase())
    throw new Refusal('not_found')
  const { environment_id: environmentId, provider } = row
  const account = openAccount(deps, { ...row, environmentId, isTest: row.is_test })
  const notice = await kind.readNotice(account, received)
  const now = deps.clock.now()
  if (notice.kind === 'refused') {
    notices.inc({ provider, outcome: 'refused' })
    deps.log.warn({ provider, account: address.accountId, reason: notice.reason }, 'a webhook was refused')
    await deps.workerDb.query(countRefused(environmentId, row.id, now, notice.reason))
    throw new Refusal('webhook_not_verified')
  }
  await deps.workerDb.query(countNotice(environmentId, row.id, now))
  if (notice.kind === 'ignored') {
    notices.inc({ provider, outcome: 'ignored' })
    return kind.thanks(received)
  }
  if (notice.kind === 'dispute') {
    const dispute = await kind.queryDispute?.(account, notice.handle)
    const scope = { tenantId: row.tenant_id, environmentId, isTest: row.is_test }
    const isOurs = dispute !== undefined && (await recordDispute(deps, scope, row.id, dispute))
    notices.inc({ provider, outcome: isOurs ? 'asked' : 'nothing_open' })
    return kind.thanks(received)
  }
  const { reference, handle } = notice
  const about = [environmentId, row.id, reference, handle] as const
  if (notice.report && reference !== null)
    await deps.workerDb.query(
      keepReport(environmentId, row.id, reference, JSON.stringify(notice.report), now),
    )
  let found = 0
  if (notice.kind === 'refund') {
    found += (await deps.workerDb.query(askAboutRefunds(...about, now))).length
  } else {
    found += (await deps.workerDb.query(askAboutPayments(...about, now))).length
    found += (await deps.workerDb.query(askAboutSessions(...about, now))).length
    for (const payment of await deps.workerDb.query(failedPayments(...about))) {
      found++
      await bookLate(deps, row, payment)
    }
  }
  notices.inc({ provider, outcome: found > 0 ? 'asked' : 'nothing_open' })
  deps.bells.ring(collectionLoop)
  deps.bells.ring('checkout')
  return kind.thanks(received)
}
