export { planSpending, writeSpending } from './apply.ts'
export { grantCredits } from './grant.ts'
export { returnCredits, takeBackCredit } from './return.ts'
export { creditsToSpend } from './sql.ts'
