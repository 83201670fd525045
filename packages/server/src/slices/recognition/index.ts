import { tick } from './recognise.ts'

/** The loop that recognises revenue, for the worker. A day is over once a day, so it has time. */
export const recognition = { name: 'recognition', tick, restMs: 30_000 }

export { recogniseEnvironment } from './recognise.ts'
