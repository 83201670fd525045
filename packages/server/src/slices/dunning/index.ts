export { planOf, planRetries } from './failed.ts'
export { dunningLoop, retryDueIn } from './retry.ts'
export { freezeDunnings } from './sql.ts'
