import { Counter, Histogram } from 'prom-client'
import { metrics } from '../../http/operations.ts'

export const mailsTotal = new Counter({
  name: 'novabilling_mails_total',
  help: 'Attempts at mails to customers by this process, by kind and what came out: SENT, CAUGHT, SKIPPED, PENDING (tried again) or FAILED',
  labelNames: ['kind', 'outcome'],
  registers: [metrics],
})
export const mailSeconds = new Histogram({
  name: 'novabilling_mail_seconds',
  help: 'Time until a mail server took a mail, the writing of it included',
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [metrics],
})
