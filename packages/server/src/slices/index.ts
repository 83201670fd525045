import type { Slice } from '../http/route.ts'
import { access } from './access/index.ts'
import { addOns } from './add-ons/index.ts'
import { addingOn } from './adding-on/index.ts'
import { analytics } from './analytics/index.ts'
import { catalog } from './catalog/index.ts'
import { charges } from './charges/index.ts'
import { checkout } from './checkout/index.ts'
import { clocks } from './clock/index.ts'
import { collecting } from './collection/index.ts'
import { coupons } from './coupons/index.ts'
import { creditNotes } from './credit-notes/index.ts'
import { crediting } from './crediting/index.ts'
import { currencies } from './currencies/index.ts'
import { customers } from './customers/index.ts'
import { dashboardSession } from './dashboard-session/index.ts'
import { drafts } from './drafts/index.ts'
import { exporting } from './exports/index.ts'
import { hosted } from './hosted/index.ts'
import { invoices } from './invoices/index.ts'
import { keys } from './keys/index.ts'
import { ledger } from './ledger/index.ts'
import { mailing } from './mail/index.ts'
import { metrics } from './metrics/index.ts'
import { planOverrides } from './plan-overrides/index.ts'
import { paymentMethods, payments } from './payments/index.ts'
import { paymentProviders } from './providers/index.ts'
import { subscriptions } from './subscriptions/index.ts'
import { taxes } from './taxes/index.ts'
import { toppingUp } from './topping-up/index.ts'
import { tenants } from './tenants/index.ts'
import { webhookEndpoints } from './webhooks/index.ts'
import { usage } from './usage/index.ts'

/** The rooms of the house, lower floors first (floors.json holds them to it). */
export const slices: readonly Slice[] = [
  currencies,
  access,
  webhookEndpoints,
  tenants,
  dashboardSession,
  keys,
  customers,
  catalog,
  metrics,
  usage,
  taxes,
  charges,
  planOverrides,
  coupons,
  addOns,
  ledger,
  invoices,
  paymentProviders,
  paymentMethods,
  payments,
  creditNotes,
  subscriptions,
  drafts,
  addingOn,
  toppingUp,
  crediting,
  collecting,
  checkout,
  hosted,
  analytics,
  exporting,
  clocks,
  mailing,
]
