/** What a mail says in one language. `{name}` and the like are filled in; each mail has the same holes in all languages. */
export type MailWords = {
  readonly hello: string
  readonly helloUnnamed: string
  readonly fallback: string
  readonly attached: string
  readonly forCustomers: string
  readonly forMembers: string
  readonly plan: string
  readonly trialEnds: string
  readonly card: string
  readonly expires: string
  readonly viewAndPay: string
  readonly viewInvoice: string
  readonly payNow: string
  readonly nothingToDo: string
  readonly invoice: {
    readonly subject: string
    readonly opening: string
    readonly due: string
    readonly nothingDue: string
  }
  readonly receipt: { readonly subject: string; readonly opening: string; readonly rest: string }
  readonly paymentFailed: { readonly subject: string; readonly opening: string; readonly ask: string }
  readonly phonePrompt: { readonly subject: string; readonly opening: string; readonly ask: string }
  readonly reminder: { readonly subject: string; readonly opening: string }
  readonly overdue: { readonly subject: string; readonly opening: string; readonly ask: string }
  readonly trialEnding: { readonly subject: string; readonly opening: string; readonly begins: string }
  readonly cardExpiring: {
    readonly subject: string
    readonly opening: string
    readonly ask: string
    readonly button: string
  }
  readonly creditNote: { readonly subject: string; readonly opening: string }
  readonly passwordReset: {
    readonly subject: string
    readonly opening: string
    readonly once: string
    readonly button: string
    readonly footer: string
  }
  readonly invitation: {
    readonly subject: string
    readonly opening: string
    readonly once: string
    readonly button: string
    readonly footer: string
  }
  readonly keyExpiring: {
    readonly subject: string
    readonly opening: string
    readonly ask: string
    readonly key: string
    readonly environment: string
  }
  readonly webhookDisabled: {
    readonly subject: string
    readonly opening: string
    readonly gone: string
    readonly silent: string
    readonly answered: string
    readonly unanswered: string
    readonly kept: string
  }
  readonly test: { readonly subject: string; readonly opening: string; readonly footer: string }
}
