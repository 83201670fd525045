/**
 * Every refusal the API can answer with. The list is closed and documented in docs/errors.md; 401, 403 and 429
 * have bodies of their own and carry no code.
 */
export const refusals = {
  invalid_request: [400, 'The request is not valid. See errors for each fault.'],
  malformed_json: [400, 'The body is not valid JSON.'],
  reset_token_invalid: [400, 'This reset link is not valid any more. Ask for a new one.'],
  invitation_invalid: [400, 'This invitation is not valid any more. Ask for a new one.'],
  mail_not_found: [404, 'There is no such mail.'],
  mail_not_configured: [
    409,
    'There is no mail server: neither your own (settings.smtp) nor one of the installation (SMTP_URL).',
  ],
  mail_failed: [400, 'The mail could not be sent. Check the SMTP settings.'],
  not_found: [404, 'There is nothing at this address.'],
  tenant_email_taken: [409, 'An account with this e-mail address exists already.'],
  environment_not_found: [404, 'There is no such environment.'],
  environment_name_taken: [409, 'An environment with this name exists already.'],
  environment_in_use: [409, 'This environment cannot be deleted: it holds data or is one of the first two.'],
  clock_is_live: [
    409,
    'A live environment follows real time. Only the clock of a test environment can be moved.',
  ],
  clock_backwards: [409, 'This environment holds subscriptions, so its clock only moves forward.'],
  clock_running: [409, 'The clock of this environment is on its way already. Wait until its status is IDLE.'],
  api_key_not_found: [404, 'There is no such API key.'],
  api_key_inactive: [409, 'This API key is revoked or expired and cannot be rolled.'],
  member_not_found: [404, 'There is no such member.'],
  member_is_owner: [409, 'The owner keeps the role OWNER and cannot be removed.'],
  member_email_taken: [409, 'Somebody with this e-mail address has an account already.'],
  session_not_found: [404, 'There is no such session.'],
  two_factor_on: [409, 'Two-factor is on. Switch it off first to begin anew.'],
  two_factor_off: [409, 'Two-factor is not on.'],
  two_factor_not_started: [409, 'Begin with two-factor first; then confirm a code of the app.'],
  customer_not_found: [404, 'There is no such customer.'],
  customer_email_taken: [409, 'A customer with this e-mail address exists already.'],
  customer_external_id_taken: [409, 'A customer with this externalId exists already.'],
  customer_archived: [409, 'This customer is archived.'],
  customer_currency_in_use: [
    409,
    'This customer has paid in its currency already, so the currency stays. A subscription may have another.',
  ],
  customer_in_use: [
    409,
    'This customer has a subscription that is not canceled. Cancel it, or delete with cascade=true.',
  ],
  plan_not_found: [404, 'There is no such plan.'],
  plan_code_taken: [409, 'A plan with this code exists already.'],
  plan_in_use: [409, 'This plan has subscriptions. Set isActive to false instead.'],
  plan_inactive: [409, 'This plan is not active.'],
  plan_has_no_price: [409, 'This plan has no price in the currency of the subscription.'],
  price_not_found: [404, 'There is no such price.'],
  price_currency_taken: [409, 'This plan has a price in this currency already.'],
  billable_metric_not_found: [404, 'There is no such billable metric.'],
  billable_metric_code_taken: [409, 'A billable metric with this code exists already.'],
  billable_metric_in_use: [409, 'This billable metric has counted already, so its filters stay.'],
  billable_metric_charged: [
    409,
    'A plan charges for this billable metric, or did and subscriptions keep the charge until they change their plan or end. Take it off the plan first, with applyToExisting from them too.',
  ],
  plan_override_not_found: [404, 'There are no such prices of a customer.'],
  plan_override_taken: [409, 'This customer has prices of its own for this plan already. Change those.'],
  charge_not_found: [404, 'There is no such charge.'],
  charge_has_no_price: [409, 'A charge of this plan has no price in the currency of the subscription.'],
  usage_event_not_found: [404, 'There is no such usage event.'],
  usage_event_invalid: [400, 'This line is no event of usage.'],
  usage_event_in_future: [400, 'The timestamp is in the future.'],
  usage_event_too_old: [400, 'The timestamp is more than 35 days ago.'],
  usage_event_outside_subscription: [
    409,
    'The timestamp is before the start, in a pause or from the end of the subscription on.',
  ],
  usage_property_missing: [400, 'The property that this billable metric counts is missing.'],
  usage_property_invalid: [400, 'A property is of the wrong type, or out of bounds.'],
  tax_not_found: [404, 'There is no such tax.'],
  tax_code_taken: [409, 'A tax with this code is valid from the same day already.'],
  tax_assigned: [409, 'This tax is assigned there already.'],
  tax_assignment_not_found: [404, 'There is no such assignment of a tax.'],
  coupon_not_found: [404, 'There is no such coupon.'],
  coupon_code_taken: [409, 'A coupon with this code exists already.'],
  coupon_in_use: [409, 'This coupon has been applied. End it with expiresAt instead.'],
  coupon_expired: [409, 'This coupon has expired.'],
  coupon_exhausted: [409, 'This coupon has been applied as often as it may be.'],
  coupon_applied: [409, 'This coupon is applied there already.'],
  coupon_not_for_plan: [409, 'This coupon is not for the plan of the subscription.'],
  coupon_currency_mismatch: [409, 'This coupon is in another currency than the subscription.'],
  applied_coupon_not_found: [404, 'There is no such coupon of a customer.'],
  add_on_not_found: [404, 'There is no such add-on.'],
  add_on_code_taken: [409, 'An add-on with this code exists already.'],
  add_on_in_use: [409, 'This add-on has been applied and cannot be deleted.'],
  add_on_has_no_price: [409, 'This add-on has no price in this currency. Give an amount.'],
  add_on_invoiced: [409, 'This add-on has been invoiced. Credit its line instead.'],
  applied_add_on_not_found: [404, 'There is no such add-on of a customer.'],
  wallet_not_found: [404, 'There is no such wallet.'],
  wallet_terminated: [409, 'This wallet has been ended.'],
  wallet_expired: [409, 'What this wallet holds has expired. Give it another expirationAt first.'],
  wallet_too_little: [409, 'This wallet holds less than that.'],
  subscription_not_found: [404, 'There is no such subscription.'],
  subscription_external_id_taken: [409, 'A subscription with this externalId exists already.'],
  subscription_already_canceled: [409, 'This subscription is canceled already.'],
  subscription_not_canceling: [409, 'No cancellation of this subscription is pending.'],
  subscription_behind: [
    409,
    'This subscription could not be billed up to now. Until it is, it can only be canceled.',
  ],
  subscription_canceling: [409, 'This subscription is being canceled. Take the cancellation back first.'],
  subscription_paused: [409, 'This subscription is paused. Resume it first.'],
  subscription_not_pausable: [409, 'Only an ACTIVE subscription can be paused.'],
  subscription_not_paused: [409, 'This subscription is not paused.'],
  period_billed_elsewhere: [
    409,
    'The period under way was billed elsewhere, so there is no invoice to credit. Let the change wait for its end.',
  ],
  plan_unchanged: [409, 'This subscription has this plan, price and quantity already.'],
  invoice_not_found: [404, 'There is no such invoice.'],
  invoice_not_issued: [409, 'Only an invoice that has been issued can be mailed.'],
  invoice_not_explained: [409, 'Only an invoice that has been issued, and kept how, can be explained.'],
  credit_note_not_explained: [409, 'This credit note was issued before it was kept how.'],
  document_link_invalid: [404, 'This link is not valid any more. Ask for a new one.'],
  invoice_not_draft: [409, 'Only a draft can be changed, finalized or deleted.'],
  invoice_of_period: [
    409,
    'This draft is of a period of a subscription and cannot be deleted. Change its items, or finalize and void it.',
  ],
  invoice_due_date_passed: [409, 'The due date of this draft has passed. Give it another one first.'],
  invoice_not_open: [409, 'Only an issued invoice that awaits payment can be given up.'],
  invoice_not_electronic: [409, 'This invoice cannot be given as an electronic invoice of EN 16931.'],
  invoice_not_voidable: [409, 'Only an invoice of which nothing has been paid or credited can be voided.'],
  invoice_not_creditable: [
    409,
    'Only an invoice that has been issued, and neither voided nor given up, can be credited.',
  ],
  credit_exceeds_invoice: [
    409,
    'The credit is more than what is left of the invoice or of one of its lines.',
  ],
  credit_note_not_found: [404, 'There is no such credit note.'],
  credit_note_voided: [409, 'A credit note that has been voided cannot be mailed.'],
  credit_note_not_voidable: [
    409,
    'Only a finalized credit note of which nothing has been spent, refunded or taken off a paid invoice can be voided.',
  ],
  invoice_not_payable: [409, 'Only an invoice that awaits payment can be paid.'],
  payment_in_progress: [409, 'A payment of this invoice is under way. Wait for its outcome.'],
  payment_not_found: [404, 'There is no such payment.'],
  payment_not_refundable: [409, 'Only a payment that succeeded can be refunded.'],
  refund_exceeds_payment: [409, 'The refund is more than what is left of the payment.'],
  payment_exceeds_invoice: [409, 'The payment is more than what is due on the invoice.'],
  no_payment_method: [409, 'This customer has no payment method. Add one first.'],
  payment_method_not_found: [404, 'There is no such payment method.'],
  event_not_found: [404, 'There is no such event.'],
  webhook_endpoint_not_found: [404, 'There is no such webhook endpoint.'],
  webhook_endpoint_inactive: [409, 'This webhook endpoint is switched off. Switch it on first.'],
  webhook_endpoint_is_default: [
    409,
    'This is the default endpoint: its address is the webhookUrl of the account, and goes when that goes.',
  ],
  webhook_endpoint_limit: [409, 'This environment has as many webhook endpoints as it may have.'],
  webhook_delivery_not_found: [404, 'There is no such delivery.'],
  payment_provider_not_found: [404, 'There is no such payment provider.'],
  provider_not_configured: [
    409,
    'No active account at this payment provider can take this. Add one, or change its countries and currencies.',
  ],
  portal_action_off: [409, 'This cannot be done here. Ask the business that bills you.'],
  checkout_not_found: [404, 'There is no such checkout session.'],
  checkout_unavailable: [
    409,
    'No payment provider could give a page for this just now. Nothing was charged. Try again shortly.',
  ],
  webhook_not_verified: [400, 'This webhook is not signed as its provider would.'],
  provider_not_available: [409, 'This payment provider is not available in this environment.'],
  idempotency_key_in_use: [409, 'A request with this Idempotency-Key is still running. Try again shortly.'],
  busy: [409, 'Another request is changing the same thing. Try again.'],
  body_too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'The body must be JSON: send Content-Type: application/json.'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used with another request.'],
  internal_error: [
    500,
    'Something went wrong on our side. Nothing was changed by a request that answers so.',
  ],
  overloaded: [503, 'The server is busy. Try again shortly.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>

export type RefusalCode = keyof typeof refusals

/** One fault of a request: where (`prices[0].amount`) and what. */
export type Fault = { readonly path: string; readonly message: string }

/** An expected "no", with its code. The API answers with its status and sentence; anything else that is thrown is a 500. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly faults: readonly Fault[]

  constructor(code: RefusalCode, sentence: string = refusals[code][1], faults: readonly Fault[] = []) {
    super(sentence)
    this.code = code
    this.faults = faults
  }

  get status(): number {
    return refusals[this.code][0]
  }
}

/** A request with faults that only its meaning shows, such as an amount with more decimals than its currency. */
export function invalid(...faults: readonly Fault[]): Refusal {
  return new Refusal('invalid_request', sentenceFor(faults), faults)
}

/** The message of a 400: the first fault in words, so that it helps even where only the message is shown. */
export function sentenceFor(faults: readonly Fault[]): string {
  const [first, ...rest] = faults
  if (!first) return refusals.invalid_request[1]
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`
  return `${first.path === '' ? 'The body' : first.path} ${first.message}${more}`
}
