import { Counter, Gauge, Histogram } from 'prom-client'
import { metrics } from '../../http/operations.ts'

export const deliveriesTotal = new Counter({
  name: 'novabilling_webhook_attempts_total',
  help: 'Attempts at webhook deliveries by this process, by what came out: succeeded, failed (tried again), given_up, interrupted',
  labelNames: ['outcome'],
  registers: [metrics],
})
export const deliverySeconds = new Histogram({
  name: 'novabilling_webhook_attempt_seconds',
  help: 'Time until a webhook was answered, or failed',
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  registers: [metrics],
})
export const inFlight = new Gauge({
  name: 'novabilling_webhooks_in_flight',
  help: 'Webhooks on their way, to endpoints that answer and to endpoints that fail',
  labelNames: ['endpoints'],
  registers: [metrics],
})
export const endpointsDisabled = new Counter({
  name: 'novabilling_webhook_endpoints_disabled_total',
  help: 'Webhook endpoints switched off by this process because nothing got through',
  registers: [metrics],
})
