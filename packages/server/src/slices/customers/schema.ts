import { Type, type Static } from 'typebox'
import { pageQuery } from '../../http/pages.ts'
import {
  Address,
  Country,
  Currency,
  Email,
  Instant,
  Locale,
  Metadata,
  Money,
  TimeZone,
  closed,
  named,
  oneOf,
  orNull,
  words,
} from '../../http/shapes.ts'

const address = named<Static<typeof Address>>('Address')

const writable = {
  name: words(200),
  externalId: words(255),
  country: Country,
  currency: Currency,
  timezone: TimeZone,
  address,
  taxId: words(50),
  locale: Locale,
  taxTreatment: oneOf(['AUTOMATIC', 'EXEMPT', 'REVERSE_CHARGE'], {
    description:
      'AUTOMATIC: taxed as everybody, which in the European Union may be by reverse charge; EXEMPT: not taxed; REVERSE_CHARGE: owes the tax itself',
  }),
  netPaymentTerms: Type.Integer({ minimum: 0, maximum: 365, description: 'Days from issue to due' }),
  metadata: Metadata,
}

export const CreateCustomer = closed({
  email: Email,
  name: Type.Optional(writable.name),
  externalId: Type.Optional(writable.externalId),
  country: Type.Optional(writable.country),
  currency: Type.Optional(writable.currency),
  timezone: Type.Optional(writable.timezone),
  address: Type.Optional(writable.address),
  taxId: Type.Optional(writable.taxId),
  taxTreatment: Type.Optional(writable.taxTreatment),
  locale: Type.Optional(writable.locale),
  netPaymentTerms: Type.Optional(writable.netPaymentTerms),
  metadata: Type.Optional(writable.metadata),
  createdAt: Type.Optional(
    Type.String({
      format: 'date-time',
      maxLength: 40,
      description: 'When it was made elsewhere, to be shown',
    }),
  ),
})
export type CreateCustomer = Static<typeof CreateCustomer>

export const UpdateCustomer = closed({
  email: Type.Optional(Email),
  name: Type.Optional(orNull(writable.name)),
  externalId: Type.Optional(orNull(writable.externalId)),
  country: Type.Optional(orNull(writable.country)),
  currency: Type.Optional(writable.currency),
  timezone: Type.Optional(writable.timezone),
  address: Type.Optional(orNull(writable.address)),
  taxId: Type.Optional(orNull(writable.taxId)),
  taxTreatment: Type.Optional(writable.taxTreatment),
  locale: Type.Optional(orNull(writable.locale)),
  netPaymentTerms: Type.Optional(orNull(writable.netPaymentTerms)),
  metadata: Type.Optional(writable.metadata),
})
export type UpdateCustomer = Static<typeof UpdateCustomer>

const status = oneOf(['ACTIVE', 'ARCHIVED'])

export const Customer = Type.Object(
  {
    id: Type.String(),
    email: orNull(Type.String()),
    name: orNull(Type.String()),
    externalId: orNull(Type.String()),
    country: orNull(Type.String()),
    currency: Type.String(),
    timezone: Type.String(),
    address: orNull(address),
    taxId: orNull(Type.String()),
    taxTreatment: writable.taxTreatment,
    locale: orNull(Type.String()),
    netPaymentTerms: orNull(Type.Integer()),
    metadata: Metadata,
    status,
    totalSpent: Money,
    activeSubscriptions: Type.Integer(),
    balance: Money,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Customer' },
)
export type Customer = Static<typeof Customer>

export const ListCustomers = closed({
  ...pageQuery,
  search: Type.Optional(words(200, { description: 'Part of the name, e-mail or externalId' })),
  country: Type.Optional(Country),
  currency: Type.Optional(Currency),
  status: Type.Optional(status),
  sortBy: Type.Optional(oneOf(['createdAt', 'name', 'email'])),
  sortOrder: Type.Optional(oneOf(['asc', 'desc'])),
})
export type ListCustomers = Static<typeof ListCustomers>

export const DeleteCustomer = closed({
  cascade: Type.Optional(
    Type.Boolean({ description: 'Cancel its subscriptions and void its unpaid invoices first' }),
  ),
})
