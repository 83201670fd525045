import type { MailWords } from './words.ts'

export const en: MailWords = {
  hello: 'Hello {name},',
  helloUnnamed: 'Hello,',
  fallback: 'If the button does not work, open this address:',
  attached: 'You find it attached as a PDF.',
  forCustomers: 'You get this mail because you are a customer of {company}.',
  forMembers: 'You get this mail because you manage this NovaBilling account.',
  plan: 'Plan',
  trialEnds: 'Trial ends',
  card: 'Card',
  expires: 'Expires',
  viewAndPay: 'View and pay',
  viewInvoice: 'View the invoice',
  payNow: 'Pay now',
  nothingToDo: 'If you have paid already, there is nothing to do.',
  invoice: {
    subject: 'Invoice {number} from {company}',
    opening: 'Here is your invoice {number} from {company} over {total}.',
    due: 'Please pay {amount} by {date}.',
    nothingDue: 'There is nothing to pay.',
  },
  receipt: {
    subject: 'Your receipt from {company}',
    opening: 'Thank you. We have received {amount} for invoice {number}.',
    rest: '{amount} of it is still open.',
  },
  paymentFailed: {
    subject: 'Your payment to {company} did not go through',
    opening: 'We could not collect {amount} for invoice {number}.',
    ask: 'Please check your payment method, or pay now with the button below.',
  },
  phonePrompt: {
    subject: 'Today we ask for {amount} on your phone',
    opening:
      'In about two hours you are asked on your phone to confirm {amount} for invoice {number} from {company}.',
    ask: 'Please have enough money there and your PIN at hand, or pay now with the button below.',
  },
  reminder: {
    subject: 'Invoice {number} is due on {date}',
    opening: 'This is a reminder that {amount} of invoice {number} from {company} is due on {date}.',
  },
  overdue: {
    subject: 'Invoice {number} is overdue',
    opening: 'Invoice {number} from {company} was due on {date}, and {amount} is still open.',
    ask: 'Please pay it as soon as you can.',
  },
  trialEnding: {
    subject: 'Your trial of {plan} ends on {date}',
    opening: 'Your trial of {plan} with {company} ends on {date}.',
    begins:
      'Your subscription begins then, and you are charged for it. If you do not want it, cancel it before.',
  },
  cardExpiring: {
    subject: 'Your card expires soon',
    opening: 'The card ending in {last4} with which you pay {company} expires at the end of {month}.',
    ask: 'Please give us a new one, so that your next payments go through.',
    button: 'Update the card',
  },
  creditNote: {
    subject: 'Credit note {number} from {company}',
    opening: 'We have credited you {amount} for invoice {invoice}.',
  },
  passwordReset: {
    subject: 'Set a new password',
    opening: 'Somebody, hopefully you, asked for a new password for your NovaBilling account.',
    once: 'The link works once and for an hour. Setting a new password signs you out everywhere.',
    button: 'Set a new password',
    footer: 'If it was not you, there is nothing to do: your password stays as it is.',
  },
  invitation: {
    subject: '{name} invites you to {company}',
    opening: '{name} invites you to work with the billing of {company} on NovaBilling.',
    once: 'The link works once, until {date}.',
    button: 'Accept the invitation',
    footer: 'If you do not know what this is about, ignore this mail.',
  },
  keyExpiring: {
    subject: 'An API key of {company} expires on {date}',
    opening:
      'The API key “{name}” of {company} expires on {date}. Requests with it are refused from then on.',
    ask: 'Roll it or make a new one before, and put it where the old one is used.',
    key: 'Key',
    environment: 'Environment',
  },
  webhookDisabled: {
    subject: 'A webhook endpoint was switched off',
    opening: 'We have stopped sending webhooks to {url}.',
    gone: 'It answered 410 Gone: it wants no more.',
    silent: 'Nothing got through to it for {days} days.',
    answered: 'It answered {status} the last time.',
    unanswered: 'The last time, no answer came.',
    kept: 'What could not be delivered is kept. When the endpoint works again, switch it on and read what it missed from the event log.',
  },
  test: {
    subject: 'Mail from NovaBilling works',
    opening: 'This mail was sent to see whether mail can be sent. It can.',
    footer: 'Somebody who manages your NovaBilling account asked for it.',
  },
}
