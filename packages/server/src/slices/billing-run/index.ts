import { tick } from './run.ts'

/** The loop of the billing run, for the worker. */
export const billingRun = { name: 'billing-run', tick, restMs: 1000 }

export { billEnvironment } from './run.ts'
