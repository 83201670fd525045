/** A picture of at most 1 MB. An SVG may hold no text (paths instead: fonts differ), no entities and no
 * links; a logo that cannot be drawn is left out and the name stands in its place. */
export type Logo = { readonly type: 'image/png' | 'image/jpeg' | 'image/svg+xml'; readonly bytes: Uint8Array }

/** One side of an invoice, as it was when the invoice was issued. `address` is one string a line. */
export type InvoiceParty = {
  readonly name: string
  readonly address: readonly string[]
  readonly taxId?: string | null
  readonly email?: string | null
}

/**
 * A line. `quantity` and `unitAmount` are decimals in major units, as exact as they were priced (`"0.0025"`); without
 * a `unitAmount` (tiers, a minimum, a credit) only the amount is printed. A column that no line has is left out. The days `[from, to)` are half-open: from 2026-12-01
 * to 2027-01-01 is printed as 1–31 December.
 */
export type InvoiceDocumentLine = {
  readonly description: string
  readonly quantity: string | null
  readonly unitAmount: string | null
  readonly amountMinor: bigint
  readonly from?: string | null
  readonly to?: string | null
}

/** A tax over the whole invoice. `rate` is a decimal of percent: `"18"` is 18 %. */
export type InvoiceDocumentTax = {
  readonly name: string
  readonly rate: string
  readonly baseMinor: bigint
  readonly amountMinor: bigint
}

export type InvoiceDocumentStatus =
  | 'DRAFT'
  | 'PENDING'
  | 'PAID'
  | 'FAILED'
  | 'VOID'
  | 'UNCOLLECTIBLE'
  | 'FINALIZED'
  | 'VOIDED'

export type CreditReason = 'DUPLICATE' | 'PRODUCT_UNSATISFACTORY' | 'ORDER_CHANGE' | 'OTHER'

/**
 * All that is printed on an invoice or a credit note, and all that its PDF depends on. Amounts are in minor units of
 * `currency`; days are `YYYY-MM-DD` in the customer's zone, so no time zone is needed here. `locale` (BCP 47) chooses
 * words, digits, dates and direction; words are there in English, French, Portuguese, Swahili, Arabic and Amharic,
 * other languages get English ones. Strings are printed as they are: nothing in them is markup.
 */
export type InvoiceDocument = {
  readonly kind: 'INVOICE' | 'CREDIT_NOTE'
  /** `null` while it is a draft. */
  readonly number: string | null
  readonly status: InvoiceDocumentStatus
  readonly currency: string
  readonly locale: string
  readonly issuedOn: string | null
  readonly dueOn: string | null
  readonly paidOn: string | null
  readonly from: InvoiceParty
  readonly billTo: InvoiceParty
  readonly lines: readonly InvoiceDocumentLine[]
  readonly subtotalMinor: bigint
  /** What was taken off, as a positive amount. */
  readonly discountMinor: bigint
  readonly taxes: readonly InvoiceDocumentTax[]
  readonly totalMinor: bigint
  readonly paidMinor: bigint
  readonly creditedMinor: bigint
  readonly dueMinor: bigint
  readonly notes?: string | null
  readonly footer?: string | null
  readonly logo?: Logo | null
  /** `#rrggbb`; one that is too light to read is used for ornament only. */
  readonly brandColor?: string | null
  readonly paper?: 'a4' | 'us-letter'
  /** Where the customer can pay: http(s) only. Printed while something is due. */
  readonly paymentUrl?: string | null
  /** What a tax authority wants to see: a receipt's number, a device, a verification code. */
  readonly fiscal?: readonly { readonly label: string; readonly value: string }[]
  /** The invoice that a credit note corrects. */
  readonly correctsNumber?: string | null
  /** Why; `OTHER` is not printed. */
  readonly reason?: CreditReason | null
  /** Where a credit note's total went; what is zero is not printed. */
  readonly settlement?: {
    /** Off what was owed on the invoice. */
    readonly settledMinor: bigint
    /** Back the way it was paid. */
    readonly refundMinor: bigint
    /** To the customer's balance. */
    readonly balanceMinor: bigint
  } | null
}
