import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { discardDrafts } from '../invoices/index.ts'
import { lockDraft } from './find.ts'

/** Removes a draft. Refuses an invoice that has been issued. */
export async function deleteDraft(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<void> {
  const row = await lockDraft(tx, environmentId, id)
  await discardDrafts(deps, tx, environmentId, [row.id])
}
