import {
  type RowOf,
  boolean,
  command,
  day,
  instant,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/** A part of a tax as it is stored. `rate` is a decimal of percent. */
export type StoredComponent = {
  readonly name: string
  readonly code: string
  readonly rate: string
  readonly compound: boolean
}

const storedColumns = {
  id: uuid,
  name: text,
  code: text,
  description: nullable(text),
  components: json<readonly StoredComponent[]>(),
  country: nullable(text),
  inclusive: boolean,
  applied_by_default: boolean,
  valid_from: nullable(day),
  valid_to: nullable(day),
  created_at: instant,
  updated_at: instant,
}
export const taxColumns = { ...storedColumns, rate: text }
export type TaxRow = RowOf<typeof taxColumns>

export const taxSelect = `${Object.keys(storedColumns).join(', ')}, rate::text as rate`

export const taxById = statement(
  'taxes.by_id',
  `select ${taxSelect} from taxes where environment_id = $1::uuid and id = $2::uuid`,
  taxColumns,
)

export const lockTax = statement(
  'taxes.lock',
  `select ${taxSelect} from taxes where environment_id = $1::uuid and id = $2::uuid for update`,
  taxColumns,
)

export const insertTax = command(
  'taxes.insert',
  `insert into taxes (environment_id, id, name, code, description, rate, components, country, inclusive,
     applied_by_default, valid_from, valid_to, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
)

export const saveTax = command(
  'taxes.save',
  `update taxes
   set name = $3, description = $4, rate = $5, components = $6, country = $7, inclusive = $8, applied_by_default = $9,
     valid_from = $10, valid_to = $11, updated_at = $12
   where environment_id = $1::uuid and id = $2::uuid`,
)

/** The assignments of a code go with the last tax of it. */
export const deleteTax = command(
  'taxes.delete',
  `with gone as (
     delete from taxes where environment_id = $1::uuid and id = $2::uuid returning environment_id, id, code
   )
   delete from tax_assignments a
   using gone g
   where a.environment_id = g.environment_id and a.tax_code = g.code
     and not exists (
       select from taxes t where t.environment_id = g.environment_id and t.code = g.code and t.id <> g.id
     )`,
)

/** Those of these codes that a tax of the environment has. */
export const knownCodes = statement(
  'taxes.known_codes',
  `select distinct code from taxes where environment_id = $1::uuid and code = any($2::text[])`,
  { code: text },
)

export const assignmentColumns = {
  id: uuid,
  tax_code: text,
  customer_id: nullable(uuid),
  plan_id: nullable(uuid),
  charge_id: nullable(uuid),
  created_at: instant,
}
export type AssignmentRow = RowOf<typeof assignmentColumns>

export const assignmentSelect = Object.keys(assignmentColumns).join(', ')

export const insertAssignment = command(
  'taxes.insert_assignment',
  `insert into tax_assignments (environment_id, id, tax_code, customer_id, plan_id, charge_id, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

export const assignmentById = statement(
  'taxes.assignment_by_id',
  `select ${assignmentSelect} from tax_assignments where environment_id = $1::uuid and id = $2::uuid`,
  assignmentColumns,
)

export const deleteAssignment = command(
  'taxes.delete_assignment',
  `delete from tax_assignments where environment_id = $1::uuid and id = $2::uuid`,
)

/** A charge that a tax is assigned to. */
export const chargeToTax = statement(
  'taxes.charge',
  `select id from charges where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  { id: uuid },
)

const ofEnvironmentColumns = {
  environment_id: uuid,
  name: text,
  code: text,
  rate: text,
  components: json<readonly StoredComponent[]>(),
  country: nullable(text),
  inclusive: boolean,
  applied_by_default: boolean,
  valid_from: nullable(day),
  valid_to: nullable(day),
}
export type TaxOfEnvironment = RowOf<typeof ofEnvironmentColumns>

/** All taxes of these environments. */
export const taxesOf = statement(
  'taxes.of_environments',
  `select environment_id, name, code, rate::text as rate, components, country, inclusive, applied_by_default, valid_from,
     valid_to
   from taxes
   where environment_id = any($1::uuid[])
   order by environment_id, created_at, id`,
  ofEnvironmentColumns,
)

/** What is assigned to plans and charges of these environments, and to these customers. */
export const assignmentsOf = statement(
  'taxes.assignments_of',
  `select a.environment_id, a.tax_code, a.customer_id, a.plan_id, a.charge_id
   from tax_assignments a
   where a.environment_id = any($1::uuid[]) and a.customer_id is null
   union all
   select a.environment_id, a.tax_code, a.customer_id, a.plan_id, a.charge_id
   from unnest($2::uuid[], $3::uuid[]) as u (environment_id, customer_id)
   join tax_assignments a on a.environment_id = u.environment_id and a.customer_id = u.customer_id`,
  {
    environment_id: uuid,
    tax_code: text,
    customer_id: nullable(uuid),
    plan_id: nullable(uuid),
    charge_id: nullable(uuid),
  },
)

/** Those of these customers that are not taxed as everybody. */
export const treatmentsOf = statement(
  'taxes.treatments_of',
  `select c.environment_id, c.id, c.tax_treatment
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, id)
   join customers c on c.environment_id = u.environment_id and c.id = u.id
   where c.tax_treatment <> 'AUTOMATIC'`,
  { environment_id: uuid, id: uuid, tax_treatment: oneOf('EXEMPT', 'REVERSE_CHARGE') },
)
