import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { type CreditNote, findCreditNote, presentCreditNote, voidCreditNote } from '../credit-notes/index.ts'
import { lockInvoices } from '../invoices/index.ts'
import { lockSubscriptions } from '../subscriptions/index.ts'

/** Takes a credit note back of which nothing has been used yet. */
export async function takeCreditNoteBack(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<CreditNote> {
  const found = await findCreditNote(tx, environmentId, id)
  await lockSubscriptions(tx, environmentId, found.subscription_id === null ? [] : [found.subscription_id])
  const [invoice] = await lockInvoices(tx, environmentId, [found.invoice_id])
  if (!invoice) throw new Refusal('credit_note_not_found')
  return presentCreditNote(await voidCreditNote(deps, tx, environmentId, found.id, invoice))
}
