import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { discardDrafts } from '../invoices/index.ts'
import { lockDraft } from './find.ts'

/** Removes a draft by hand. Refuses an invoice that has been issued, and the draft of a period, which has to be invoiced. */
export async function deleteDraft(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<void> {
  const row = await lockDraft(tx, environmentId, id)
  if (row.kind !== 'MANUAL') throw new Refusal('invoice_of_period')
  await discardDrafts(deps, tx, environmentId, [row.id])
}
