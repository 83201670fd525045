export { type DeclineCode, type DeclineKind, declineKind } from './decline.ts'
