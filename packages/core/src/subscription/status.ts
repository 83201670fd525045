export type SubscriptionStatus = 'TRIALING' | 'ACTIVE' | 'PAST_DUE' | 'PAUSED' | 'CANCELED'

const moves: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  TRIALING: ['ACTIVE', 'CANCELED'],
  ACTIVE: ['PAST_DUE', 'PAUSED', 'CANCELED'],
  PAST_DUE: ['ACTIVE', 'PAUSED', 'CANCELED'],
  PAUSED: ['ACTIVE', 'CANCELED'],
  CANCELED: [],
}

/** Whether a subscription may go from one status to another. */
export function canMoveSubscription(from: SubscriptionStatus, to: SubscriptionStatus): boolean {
  return moves[from].includes(to)
}
