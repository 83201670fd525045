import { addLocalDays } from '@novabilling/core/calendar'
import { ratio, toMajor } from '@novabilling/core/money'
import { dueDate, formatInvoiceNumber } from '@novabilling/core/invoice'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { invoicesIssued } from '../../http/operations.ts'
import { isoInstant } from '../../http/present.ts'
import { type AddOnBook, addOnsToBill, openAddOns } from '../add-ons/index.ts'
import { type CouponBook, type Offer, couponsToUse, openCoupons } from '../coupons/index.ts'
import { creditsToSpend, planSpending, writeSpending } from '../credits/index.ts'
import { planWallets, walletsToSpend, writeWallets } from '../wallets/index.ts'
import { type TaxBook, openTaxBook, taxesOf } from '../taxes/index.ts'
import type { Draft, DraftLine, Issued, Terms } from './draft.ts'
import { numberPlaces, placeOf } from './numbers.ts'
import { payableLines } from './payable.ts'
import { type Priced, discountsTaken, priceLines } from './price.ts'
import {
  type InvoiceRow,
  type Issuer,
  type IssuerRow,
  issuersOf,
  openRecognition,
  takeNumbers,
} from './sql.ts'
import { storeInvoices } from './store.ts'
import { chargeIdOf, taxesOnLines } from './taxing.ts'

const defaultTermsDays = 30

const defaultTerms: Terms = { days: defaultTermsDays, from: 'DEFAULT' }

/**
 * Issues invoices, over any number of environments, in a fixed number of statements: numbers in the order given,
 * gap-free per environment and year of issue (the year in the customer's time zone, as all days are); lines, ledger
 * and events with them. Coupons come off, and taxes are those of the day of issue. What a customer has to its credit pays
 * first, and an invoice with nothing left to pay is PAID at once. One that is to be held stays a DRAFT for so many local
 * days, which owes nothing, has no number yet and uses no coupon up. The order of the result is that of the drafts.
 */
export async function issueInvoices(deps: Deps, tx: Tx, drafts: readonly Draft[]): Promise<Issued[]> {
  if (drafts.length === 0) return []
  const environments = [...new Set(drafts.map(({ environmentId }) => environmentId))]
  const issuers = await tx.query(issuersOf(environments))
  const issuerOf = new Map(issuers.map((row) => [row.environment_id, { row, issuer: issuerFrom(row) }]))
  const daysHeld = drafts.map(
    ({ environmentId, graceDays }) => graceDays ?? issuerOf.get(environmentId)?.row.grace_days ?? 0,
  )
  const places = numberPlaces(drafts.filter((_, index) => daysHeld[index] === 0))
  const counters = [...places.values()].toSorted((a, b) =>
    a.environmentId === b.environmentId ? a.year - b.year : a.environmentId < b.environmentId ? -1 : 1,
  )
  const customers = [
    ...new Map(drafts.map((draft) => [`${draft.environmentId} ${draft.customerId}`, draft])).values(),
  ]
  const [taken, credits, taxes, coupons, addOns, grants] = await tx.queryAll([
    takeNumbers(
      counters.map(({ environmentId }) => environmentId),
      counters.map(({ year }) => year),
      counters.map(({ count }) => count),
    ),
    creditsToSpend(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
    taxesOf(environments),
    couponsToUse(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
    addOnsToBill(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
    walletsToSpend(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
  ])
  const book = await openTaxBook(tx, taxes, customers)
  const offered = openCoupons(coupons)
  const added = openAddOns(addOns)
  for (const { environment_id, year, last } of taken) {
    const place = places.get(`${environment_id} ${year}`)
    if (place) place.next = last - BigInt(place.count)
  }

  const issued = drafts.map((given, index): Issued => {
    const draft = withAddOns(given, added)
    const { environmentId } = draft
    const from = issuerOf.get(environmentId)
    if (!from) throw new Error(`environment ${environmentId} has no tenant`)
    const { issuer } = from
    const amounts = priceDraft(draft, issuer, book, offered)
    const days = daysHeld[index] ?? 0
    if (days > 0) return { environmentId, draft, row: heldRow(deps, draft, { issuer, ...amounts }, days) }
    const place = places.get(placeOf(draft))
    if (place?.next === undefined) throw new Error(`no number for an invoice of ${environmentId}`)
    const number = formatInvoiceNumber(from.row.prefix ?? 'INV', place.year, ++place.next)
    const terms = draft.terms ?? termsOfTenant(from.row)
    const dueOn = dueDate(draft.billTo.timezone, draft.issuedAtMs, terms.days)
    const row = rowOf(deps, draft, { number, dueOn, terms, issuer, ...amounts })
    for (const [place, offer] of amounts.offers.entries())
      offered.use(draft, row.id, offer, amounts.priced?.discounts[place]?.minor ?? 0n)
    return { environmentId, draft, row }
  })
  const final = issued.filter(({ row }) => row.status !== 'DRAFT')
  const spending = planSpending(
    final.map(({ environmentId, row }) => ({
      environmentId,
      invoiceId: row.id,
      customerId: row.customer_id,
      currency: row.currency,
      dueMinor: row.total_minor,
      at: row.created_at,
    })),
    credits,
  )
  const wallets = planWallets(
    final.map(({ environmentId, row, draft }, index) => ({
      environmentId,
      invoiceId: row.id,
      customerId: row.customer_id,
      currency: row.currency,
      dueMinor: row.total_minor - (spending.paid[index] ?? 0n),
      lines: payableLines(row.lines, draft.planId),
      at: row.created_at,
    })),
    grants,
  )
  for (const [index, { row }] of final.entries())
    credit(row, (spending.paid[index] ?? 0n) + (wallets.paid[index] ?? 0n))
  storeInvoices(deps, tx, issued, final)
  writeSpending(deps, tx, spending)
  await writeWallets(deps, tx, wallets)
  offered.write(tx)
  added.write(deps, tx, (draft) => issued[drafts.findIndex((one) => one === draft)]?.row.id)
  openBooks(
    tx,
    issuers.filter(({ recognises }) => !recognises).map((row) => row.environment_id),
    final.map(({ draft }) => draft),
  )
  tx.afterCommit(() => invoicesIssued.inc(final.length))
  return issued
}

/** What the customer's credit pays is not owed; an invoice with nothing left to pay is PAID at its issue. */
export function credit(row: InvoiceRow, minor: bigint): void {
  row.credited_minor = minor
  if (row.total_minor !== minor) return
  row.status = 'PAID'
  row.paid_at = row.issued_at
}

/** For environments with their first invoices, the recognition of revenue begins on the day of the earliest. */
function openBooks(tx: Tx, environments: readonly string[], drafts: readonly Draft[]): void {
  const opened = environments.filter((id) => drafts.some(({ environmentId }) => environmentId === id))
  if (opened.length === 0) return
  tx.defer(
    openRecognition(
      opened,
      opened.map(
        (id) =>
          drafts
            .filter(({ environmentId }) => environmentId === id)
            .map(({ issuedAt }) => issuedAt)
            .toSorted()[0] ?? null,
      ),
    ),
  )
}

export function termsOfTenant({ net_payment_terms: days }: IssuerRow): Terms {
  return days === null ? defaultTerms : { days, from: 'TENANT' }
}

export function issuerFrom(row: IssuerRow): Issuer {
  return {
    name: row.company_name,
    email: null,
    taxId: row.tax_id,
    country: row.country,
    address: row.address,
    footer: row.footer,
    brandColor: row.brand_color,
    logo: row.logo_digest,
    paper: row.paper,
    fiscal: row.fiscal ?? [],
  }
}

/** Who issues in this environment, as of now. */
export async function currentIssuer(tx: Pick<Tx, 'query'>, environmentId: string): Promise<Issuer> {
  const [row] = await tx.query(issuersOf([environmentId]))
  if (!row) throw new Error(`environment ${environmentId} has no tenant`)
  return issuerFrom(row)
}

/** A draft with the add-ons that go on it. Its amounts are those of before, and are priced anew. */
function withAddOns(draft: Draft, addOns: AddOnBook): Draft {
  const taken = addOns.take(draft)
  if (taken.length === 0) return draft
  const lines = taken.map(({ description, quantity, unit_minor: unit, currency }): DraftLine => {
    const minor = unit * BigInt(quantity)
    return {
      type: 'ADD_ON',
      description,
      quantity: String(quantity),
      unit: toMajor({ currency, minor: unit }),
      amountMinor: minor,
      from: null,
      to: null,
      isDeferred: false,
      derivation: { exact: ratio(minor) },
    }
  })
  return { ...draft, lines: [...draft.lines, ...lines] }
}
/** What an invoice comes to, and the coupons that came off it; undefined where its lines say it all. */
type Amounts = { readonly priced: Priced | undefined; readonly offers: readonly Offer[] }

/** What a draft comes to; undefined where nothing is charged or taken off but its lines, which are rounded already. */
function priceDraft(draft: Draft, issuer: Issuer, book: TaxBook, coupons: CouponBook): Amounts {
  const taxesOn = taxesOnLines(book, { ...draft, issuer, atMs: draft.issuedAtMs })
  const lines = draft.lines.map(({ derivation }) => ({
    amount: derivation.exact,
    taxes: taxesOn({ chargeId: chargeIdOf(derivation) }),
  }))
  const offers = coupons.offersFor(draft)
  const isPlain =
    offers.length === 0 &&
    draft.lines.every(({ type }) => type !== 'ADD_ON') &&
    lines.every(({ taxes }) => taxes.length === 0)
  const priced = isPlain
    ? undefined
    : priceLines(
        lines,
        offers.map(({ discount }) => discount),
      )
  return { priced, offers }
}

/** An invoice that is held: what it will be issued with is decided when it is. */
function heldRow(deps: Deps, draft: Draft, given: Amounts & { issuer: Issuer }, days: number): InvoiceRow {
  return {
    ...rowOf(deps, draft, { number: null, dueOn: null, terms: null, ...given }),
    plan_id: draft.planId,
    status: 'DRAFT',
    issued_at: null,
    finalize_at: isoInstant(
      Temporal.Instant.fromEpochMilliseconds(addLocalDays(draft.billTo.timezone, draft.issuedAtMs, days)),
    ),
  }
}

function rowOf(
  deps: Deps,
  draft: Draft,
  given: Amounts & {
    number: string | null
    dueOn: string | null
    terms: Terms | null
    issuer: Issuer
  },
): InvoiceRow {
  const { priced } = given
  return {
    environment_id: draft.environmentId,
    id: deps.ids.next(),
    number: given.number,
    kind: draft.kind,
    customer_id: draft.customerId,
    subscription_id: draft.subscriptionId,
    plan_id: null,
    wallet_id: null,
    period_start: draft.periodStart,
    period_end: draft.periodEnd,
    currency: draft.currency,
    status: 'PENDING',
    subtotal_minor: priced?.subtotalMinor ?? draft.totalMinor,
    discount_minor: priced?.discountMinor ?? 0n,
    tax_minor: priced?.taxMinor ?? 0n,
    total_minor: priced?.totalMinor ?? draft.totalMinor,
    taxes: priced?.taxes ?? null,
    discounts: priced ? discountsTaken(given.offers, priced) : null,
    paid_minor: 0n,
    credited_minor: 0n,
    bill_to: draft.billTo,
    issuer: given.issuer,
    finalize_at: null,
    issued_at: draft.issuedAt,
    due_date: given.dueOn,
    terms_days: given.terms?.days ?? null,
    terms_from: given.terms?.from ?? null,
    paid_at: null,
    voided_at: null,
    notes: null,
    metadata: {},
    created_at: draft.issuedAt,
    updated_at: draft.issuedAt,
    lines: draft.lines.map((line, place) => ({
      id: deps.ids.next(),
      type: line.type,
      description: line.description,
      quantity: line.quantity,
      unit: line.unit,
      minor: (priced?.lineMinor[place] ?? line.amountMinor).toString(),
      discount: (priced?.lineDiscountMinor[place] ?? 0n).toString(),
      from: line.from,
      to: line.to,
      isDeferred: line.isDeferred,
      taxes: priced?.lineTaxes[place] ?? null,
      taxCodes: null,
      metricId: line.metricId ?? null,
    })),
  }
}
