export type InvoiceStatus = 'DRAFT' | 'PENDING' | 'PAID' | 'FAILED' | 'VOID' | 'UNCOLLECTIBLE'

const moves: Readonly<Record<InvoiceStatus, readonly InvoiceStatus[]>> = {
  DRAFT: ['PENDING', 'PAID'],
  PENDING: ['PAID', 'FAILED', 'VOID', 'UNCOLLECTIBLE'],
  FAILED: ['PAID', 'VOID', 'UNCOLLECTIBLE'],
  PAID: [],
  VOID: [],
  UNCOLLECTIBLE: [],
}

/**
 * Whether an invoice may go from one status to another. A draft without anything to pay goes to PAID at once. PAID,
 * VOID and UNCOLLECTIBLE are final.
 */
export function canMoveInvoice(from: InvoiceStatus, to: InvoiceStatus): boolean {
  return moves[from].includes(to)
}
