import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { returnAddOns } from '../add-ons/index.ts'
import { presentInvoice } from './present.ts'
import { lockInvoices } from './settle.ts'
import { removeDrafts, removeLines } from './sql.ts'

/** Removes drafts, which never had a number, so none is missing. What has been issued meanwhile stays. */
export async function discardDrafts(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const drafts = (await lockInvoices(tx, environmentId, ids)).filter(({ status }) => status === 'DRAFT')
  const held = drafts.map(({ id }) => id)
  tx.defer(returnAddOns(environmentId, held, isoInstant(tx.now)))
  tx.defer(removeLines(environmentId, held))
  tx.defer(removeDrafts(environmentId, held))
  recordEvents(
    tx,
    deps,
    drafts.map((row) => ({
      type: 'invoice.deleted',
      resourceId: row.id,
      resource: presentInvoice(deps, row),
    })),
  )
}
