/** What the hand-written core of the TypeScript client offers to its users: the package's door is written from this. */
export const coreExports: readonly {
  readonly from: string
  readonly values: readonly string[]
  readonly types: readonly string[]
}[] = [
  { from: 'client.ts', values: ['NovaBillingClient'], types: [] },
  {
    from: 'errors.ts',
    values: [
      'BadRequestError',
      'ConflictError',
      'ForbiddenError',
      'NotFoundError',
      'NovaBillingConnectionError',
      'NovaBillingError',
      'NovaBillingTimeoutError',
      'RateLimitError',
      'UnauthorizedError',
      'WebhookVerificationError',
    ],
    types: ['FieldError'],
  },
  { from: 'options.ts', values: [], types: ['ClientOptions', 'RequestOptions'] },
  { from: 'page.ts', values: ['Page', 'PageCall'], types: ['PageMeta'] },
  { from: 'webhooks.ts', values: ['webhooks'], types: ['WebhookEvent', 'WebhookHeaders', 'VerifyOptions'] },
]
