import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import { Country, Currency, Instant, closed, oneOf, orNull } from '../../http/shapes.ts'
import { providerNames } from './provider.ts'

const credentials = Type.Unsafe<Record<string, string>>({
  type: 'object',
  maxProperties: 20,
  propertyNames: { minLength: 1, maxLength: 40 },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 8000 },
  description: 'What the provider gave you, by field; kept sealed, never shown again',
})
const priority = Type.Integer({
  minimum: 0,
  maximum: 1000,
  description: 'The lower one is asked first; default 1',
})
const countries = Type.Array(Country, {
  maxItems: 250,
  description: 'Only for customers in these countries; empty: in any',
})
const currencies = Type.Array(Currency, {
  maxItems: 200,
  description: 'Only for these currencies; empty: all that the provider takes',
})

export const CreatePaymentProvider = closed({
  providerName: oneOf(providerNames),
  credentials,
  isActive: Type.Optional(Type.Boolean({ description: 'Default true' })),
  priority: Type.Optional(priority),
  countries: Type.Optional(countries),
  currencies: Type.Optional(currencies),
})
export type CreatePaymentProvider = Static<typeof CreatePaymentProvider>

export const UpdatePaymentProvider = closed({
  credentials: Type.Optional(credentials),
  isActive: Type.Optional(Type.Boolean()),
  priority: Type.Optional(priority),
  countries: Type.Optional(countries),
  currencies: Type.Optional(currencies),
})
export type UpdatePaymentProvider = Static<typeof UpdatePaymentProvider>

export const PaymentProvider = Type.Object(
  {
    id: Type.String(),
    providerName: oneOf(providerNames),
    isActive: Type.Boolean(),
    priority: Type.Integer(),
    countries: Type.Array(Type.String()),
    currencies: Type.Array(Type.String()),
    webhookUrl: Type.String({ description: 'Enter it with the provider as the address of its webhooks' }),
    webhook: Type.Object({
      lastReceivedAt: orNull(Instant),
      refused: Type.Integer({ description: 'How many came in that could not be believed' }),
      lastRefusedAt: orNull(Instant),
      lastRefusedReason: orNull(Type.String()),
    }),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'PaymentProvider' },
)
export type PaymentProvider = Static<typeof PaymentProvider>

export const ListPaymentProviders = closed({
  ...pageQuery,
  providerName: Type.Optional(oneOf(providerNames)),
})
export type ListPaymentProviders = Static<typeof ListPaymentProviders>

const ProviderKind = Type.Object({
  providerName: oneOf(providerNames),
  credentials: Type.Array(
    Type.Object({
      name: Type.String({ description: 'A field of `credentials`' }),
      required: Type.Boolean(),
    }),
  ),
  currencies: orNull(Type.Array(Type.String(), { description: 'What it takes; null: every currency' })),
  countries: orNull(Type.Array(Type.String(), { description: 'Where its customers are; null: anywhere' })),
  hasPage: Type.Boolean({ description: 'Whether customers pay on a page of its own' }),
  needsPhone: Type.Boolean({ description: 'Whether it asks the customer on a phone' }),
})

export const ProviderKinds = Type.Object({ providers: Type.Array(ProviderKind) }, { $id: 'ProviderKinds' })
export type ProviderKinds = Static<typeof ProviderKinds>

export const ProviderTest = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ description: 'What is wrong, and with which field' }),
  },
  { $id: 'ProviderTest' },
)
export type ProviderTest = Static<typeof ProviderTest>
