import { toMajorNumber } from '@novabilling/core/money'
import { type Scope, type Tx, rehearse } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { presentCreditNote } from '../credit-notes/index.ts'
import { presentInvoice } from '../invoices/index.ts'
import { cancelSubscription, uncancelSubscription } from './cancel.ts'
import { changePlan } from './change-plan.ts'
import { findSubscription } from './find.ts'
import { pauseSubscription } from './pause.ts'
import { resumeSubscription } from './resume.ts'
import { heldOfSubscription } from './held-sql.ts'
import type { PreviewSubscription, Subscription, SubscriptionPreview } from './schema.ts'
import { creditLeftOf, creditNotesSince, invoicesSince } from './sql.ts'
import { updateSubscription } from './update.ts'

/**
 * What a call would come to: the call itself, made and taken back. The documents are those it would issue, to the last
 * cent; only their ids are made up, and their numbers are given to whoever comes first.
 */
export async function previewSubscription(
  deps: Deps,
  scope: Scope & { readonly environmentId: string },
  id: string,
  input: PreviewSubscription,
): Promise<SubscriptionPreview> {
  const { environmentId } = scope
  return rehearse(deps.db, { scope, now: deps.clock.now() }, async (tx) => {
    // Ids rise, so what is made from here on comes after this one.
    const before = deps.ids.next()
    const { id: subscriptionId } = await findSubscription(tx, environmentId, id)
    const held = await tx.query(heldOfSubscription(environmentId, subscriptionId))
    const subscription = await call(deps, tx, environmentId, id, input)
    const { id: uuid, customer_id, currency } = await findSubscription(tx, environmentId, id)
    const [invoices, notes, [credit]] = await tx.queryAll([
      invoicesSince(
        environmentId,
        uuid,
        before,
        held.map((row) => row.id),
      ),
      creditNotesSince(environmentId, uuid, before),
      creditLeftOf(environmentId, customer_id, currency),
    ])
    return {
      subscription,
      invoices: invoices.map((row) => presentInvoice(deps, row)),
      creditNotes: notes.map(presentCreditNote),
      balance: toMajorNumber({ currency, minor: credit?.minor ?? 0n }),
    }
  })
}

async function call(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: PreviewSubscription,
): Promise<Subscription> {
  const { cancel, pause, resume, changePlan: change, update } = input
  if (cancel) return cancelSubscription(deps, tx, environmentId, id, cancel)
  if (pause) return pauseSubscription(deps, tx, environmentId, id, pause)
  if (resume) return resumeSubscription(deps, tx, environmentId, id)
  if (change) return changePlan(deps, tx, environmentId, id, change)
  if (update) return updateSubscription(deps, tx, environmentId, id, update)
  return uncancelSubscription(deps, tx, environmentId, id)
}
