import { billedAfterChange } from '@novabilling/core/prorate'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { changeArrears } from './arrears.ts'
import { issueAndCollect } from './bill.ts'
import { restDraftOf } from './draft.ts'
import { msOrNull } from './instants.ts'
import { periodOf, scheduleOf } from './schedule.ts'
import type { DueRow } from './sql.ts'
import { refuseElsewhere } from './takeover.ts'
import { chargedUnits, creditUnused, unitsCharged } from './unused.ts'

/**
 * Changes the quantity of a row from now on, at its price: for the rest of the period, the day of the change included,
 * what is added is invoiced, and what is taken away is credited against what charged it, as far as it was charged. In
 * arrears the invoice of the period has a line for the days before and one for those after.
 * Before a first period nothing is. The row is changed, not written.
 */
export async function changeQuantity(deps: Deps, tx: Tx, row: DueRow, quantity: number): Promise<void> {
  const added = quantity - row.quantity
  row.quantity = quantity
  const period = periodOf(row)
  if (!period || added === 0) return
  const now = tx.now.epochMilliseconds
  if (changeArrears(row, now, quantity)) return
  if (added > 0) {
    const draft = restDraftOf(row, now, added)
    if (draft) await issueAndCollect(deps, tx, [draft], [row])
    return
  }
  refuseElsewhere(row, now)
  const charged = await chargedUnits(deps, tx, row)
  await creditUnused(deps, tx, row, charged, {
    units: Math.max(0, unitsCharged(charged) - quantity),
    share: billedAfterChange(scheduleOf(row), period, { at: now, end: msOrNull(row.ends_at) }),
    from: now,
  })
}
