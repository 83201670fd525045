import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Customer } from './schema.ts'

export const customers: Slice = {
  name: 'customers',
  title: 'Customers',
  description: 'The people and businesses a tenant bills.',
  routes,
  schemas: [Customer],
  constraints: {
    customers_email_key: 'customer_email_taken',
    customers_external_id_key: 'customer_external_id_taken',
  },
}

export { findCustomer } from './find.ts'
export { listCustomers } from './list.ts'
export { presentCustomer } from './present.ts'
export { type Customer as PresentedCustomer, DeleteCustomer, ListCustomers } from './schema.ts'
export { type CustomerRow, lockCustomer } from './sql.ts'
export { storeCustomer } from './update.ts'
