import { billingRun } from './billing-run/index.ts'
import { checkoutLoop } from './checkout/index.ts'
import { clock } from './clock/index.ts'
import { collection } from './collection/index.ts'
import { dunningLoop } from './dunning/index.ts'
import { housekeeping } from './housekeeping/index.ts'
import { disputeLoop } from './payments/index.ts'
import { overdueLoop } from './invoices/index.ts'
import { customerMail, expiryNotices, mail } from './mail/index.ts'
import { walletLoop } from './topping-up/index.ts'
import { recognition } from './recognition/index.ts'
import { heldInvoicesLoop, trialEndingLoop, usageWatchLoop } from './subscriptions/index.ts'
import { webhooks } from './webhooks/index.ts'

/** What the worker does again and again. */
export const loops = [
  billingRun,
  trialEndingLoop,
  usageWatchLoop,
  heldInvoicesLoop,
  collection,
  checkoutLoop,
  disputeLoop,
  dunningLoop,
  overdueLoop,
  walletLoop,
  recognition,
  clock,
  webhooks,
  mail,
  customerMail,
  expiryNotices,
  housekeeping,
] as const
