import type { Deps } from '../../deps.ts'
import {
  type RowOf,
  boolean,
  bytes,
  command,
  instant,
  nullable,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import {
  type Account,
  type Dispute,
  type DisputePage,
  openAccount,
  outcomeOf,
  providerNamed,
} from '../providers/index.ts'
import { inLanes } from './attempts.ts'
import { recordDispute } from './disputes.ts'

const claimedAtOnce = 50
const lanes = 4
const leaseMinutes = 15
const againAfterMinutes = { done: 120, failed: 30 }
/** Read again each time: one of a payment that we had not heard of yet is kept once we have. */
const overlapDays = 3
/** A bank may ask money back for so long. */
const longestDays = 180
/** More of them than an account has within days. */
const mostPages = 1000

const claimedColumns = {
  tenant_id: uuid,
  environment_id: uuid,
  is_test: boolean,
  id: uuid,
  provider: text,
  credentials_sealed: bytes,
  disputes_read_until: nullable(instant),
}
type ClaimedAccount = RowOf<typeof claimedColumns>

/**
 * Takes accounts that are due to be asked, and puts them off until the lease ends ($2), so that one whose process dies
 * comes again. Accounts that were taken away before $4 are asked no more. $1: now, $3: how many.
 */
const claimAccounts = statement(
  'disputes.claim_accounts',
  `with due as (
     select environment_id, id from payment_providers
     where disputes_due_at <= $1::timestamptz and (archived_at is null or archived_at > $4::timestamptz)
     order by disputes_due_at
     limit $3::integer
     for update skip locked
   )
   update payment_providers a
   set disputes_due_at = $2
   from due, environments e
   where a.environment_id = due.environment_id and a.id = due.id and e.id = a.environment_id
   returning e.tenant_id, a.environment_id, e.kind = 'TEST' as is_test, a.id, a.provider, a.credentials_sealed,
     a.disputes_read_until`,
  claimedColumns,
)

/** $3: when next; $4: up to when it has told now. */
const saveSweep = command(
  'disputes.save_sweep',
  `update payment_providers
   set disputes_due_at = $3, disputes_read_until = coalesce($4::timestamptz, disputes_read_until)
   where environment_id = $1::uuid and id = $2::uuid`,
)

const openDisputes = statement(
  'disputes.open_of_account',
  `select d.handle
   from payment_disputes d
   join payments p on p.environment_id = d.environment_id and p.id = d.payment_id
   where d.environment_id = $1::uuid and d.status = 'OPEN' and p.provider_id = $2::uuid
   order by d.id`,
  { handle: text },
)

/**
 * The loop that finds disputes whose webhooks were lost: those that were opened, by the provider's list of them, and how
 * those that we know of have ended. In real time, as the webhooks come.
 */
export const disputeLoop = { name: 'disputes', tick: sweepDisputes, restMs: 60_000 }

async function sweepDisputes(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ minutes: leaseMinutes })
  const oldest = now.subtract({ hours: longestDays * 24 })
  const claimed = await deps.workerDb.query(claimAccounts(now, lease, claimedAtOnce, oldest))
  await inLanes(claimed, lanes, async (row) => {
    const isDone = await sweep(deps, row, now).catch((error: unknown) => {
      deps.log.error({ err: error, account: row.id }, 'the disputes of an account are asked for later')
      return false
    })
    const next = now.add({ minutes: isDone ? againAfterMinutes.done : againAfterMinutes.failed })
    await deps.workerDb.query(saveSweep(row.environment_id, row.id, next, isDone ? now : null))
  })
  return claimed.length > 0
}

/** False where the provider could not be asked for all of it: then the same is asked for again. */
async function sweep(deps: Deps, row: ClaimedAccount, now: Temporal.Instant): Promise<boolean> {
  const { environment_id: environmentId, is_test: isTest, tenant_id: tenantId, provider } = row
  const kind = providerNamed(provider).account
  const { listDisputes, queryDispute } = kind ?? {}
  if (!listDisputes || !queryDispute) return true
  const account = openAccount(deps, { ...row, environmentId, isTest })
  const what = { provider, reference: row.id }
  const scope = { tenantId, environmentId, isTest }

  const since =
    row.disputes_read_until?.subtract({ hours: overlapDays * 24 }) ??
    now.subtract({ hours: longestDays * 24 })
  const told = await listed((page) => outcomeOf(deps, () => listDisputes(account, since, page), what))
  for (const dispute of told.disputes) await recordDispute(deps, scope, row.id, dispute)

  const heard = new Set(told.disputes.map(({ handle }) => handle))
  const open = await deps.workerDb.query(openDisputes(environmentId, row.id))
  let isWhole = told.isWhole
  for (const { handle } of open) {
    if (heard.has(handle)) continue
    const dispute = await asked(deps, account, { handle, queryDispute, what })
    if (dispute) await recordDispute(deps, scope, row.id, dispute)
    else isWhole = false
  }
  return isWhole
}

/** Page by page; what was told before a page failed is kept. */
async function listed(
  read: (page: string | null) => Promise<DisputePage | { readonly status: 'unknown' | 'unavailable' }>,
): Promise<{ disputes: Dispute[]; isWhole: boolean }> {
  const disputes: Dispute[] = []
  let page: string | null = null
  for (let count = 0; count < mostPages; count++) {
    const told = await read(page)
    if ('status' in told) return { disputes, isWhole: false }
    disputes.push(...told.disputes)
    page = told.next
    if (page === null) return { disputes, isWhole: true }
  }
  return { disputes, isWhole: false }
}

async function asked(
  deps: Deps,
  account: Account,
  about: {
    handle: string
    queryDispute: (account: Account, handle: string) => Promise<Dispute | undefined>
    what: { provider: string; reference: string }
  },
): Promise<Dispute | undefined> {
  const found = await outcomeOf(
    deps,
    async () => ({ dispute: await about.queryDispute(account, about.handle) }),
    about.what,
  )
  return 'dispute' in found ? found.dispute : undefined
}
