import { toDecimal } from '@novabilling/core/money'
import { type Supply, type TaxLevels, type TaxTreatment, chooseTaxes } from '@novabilling/core/tax'
import type { Tx } from '../../db/transaction.ts'
import { effectiveOf } from './rates.ts'
import { type TaxOfEnvironment, assignmentsOf, treatmentsOf } from './sql.ts'

/** Why a tax is what it is: by its rate; or nothing, since the customer is exempt or owes it itself. */
type TaxCategory = 'STANDARD' | 'EXEMPT' | 'REVERSE_CHARGE'

/** A tax as it is charged on a line. `rate` is a decimal of percent, on the net price. */
export type AppliedTax = {
  readonly code: string
  readonly name: string
  readonly rate: string
  readonly inclusive: boolean
  readonly category: TaxCategory
}

/** Who is to be charged for what. */
type TaxedSupply = Omit<Supply, 'treatment'> & {
  readonly environmentId: string
  readonly customerId: string
  readonly planId: string | null
}

/** What a line says of its taxes: the codes that it was given, and the charge whose usage it is. */
export type NamedTaxes = {
  readonly line?: TaxLevels['line']
  readonly chargeId?: string | undefined
}

/** The taxes of some environments, with what is assigned to plans and to the customers at hand. */
export type TaxBook = {
  /** The taxes of a line: of those that it names itself (`line`), or of its charge (`chargeId`), or else. */
  taxesOn(supply: TaxedSupply, levels?: NamedTaxes): readonly AppliedTax[]
}

const reverseCharge: AppliedTax = {
  code: 'reverse_charge',
  name: 'Reverse charge',
  rate: '0',
  inclusive: false,
  category: 'REVERSE_CHARGE',
}
const exempt: AppliedTax = {
  code: 'exempt',
  name: 'Exempt from tax',
  rate: '0',
  inclusive: false,
  category: 'EXEMPT',
}
const untaxed: TaxBook = { taxesOn: () => [] }

/**
 * Reads what it takes to tax these customers. `taxes` are those of their environments (`taxesOf`); where there are
 * none, nothing more is read and nothing is taxed.
 */
export async function openTaxBook(
  tx: Pick<Tx, 'queryAll'>,
  taxes: readonly TaxOfEnvironment[],
  customers: readonly { readonly environmentId: string; readonly customerId: string }[],
): Promise<TaxBook> {
  if (taxes.length === 0) return untaxed
  const environments = [...new Set(taxes.map((row) => row.environment_id))]
  const [assignments, treatments] = await tx.queryAll([
    assignmentsOf(
      environments,
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
    treatmentsOf(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
  ])
  const options = Map.groupBy(taxes.map(optionOf), ({ environmentId }) => environmentId)
  const assigned = new Map<string, string[]>()
  for (const { environment_id, tax_code, customer_id, plan_id, charge_id } of assignments) {
    const key = `${environment_id} ${customer_id ?? plan_id ?? charge_id ?? ''}`
    assigned.set(key, [...(assigned.get(key) ?? []), tax_code])
  }
  const treatmentOf = new Map<string, TaxTreatment>(
    treatments.map((row) => [`${row.environment_id} ${row.id}`, row.tax_treatment]),
  )
  return {
    taxesOn(supply, { line, chargeId } = {}) {
      const { environmentId, customerId, planId } = supply
      const own = options.get(environmentId)
      if (!own) return []
      const chosen = chooseTaxes(
        own,
        { ...supply, treatment: treatmentOf.get(`${environmentId} ${customerId}`) ?? 'AUTOMATIC' },
        {
          line,
          charge: chargeId === undefined ? undefined : assigned.get(`${environmentId} ${chargeId}`),
          plan: planId === null ? undefined : assigned.get(`${environmentId} ${planId}`),
          customer: assigned.get(`${environmentId} ${customerId}`),
        },
      )
      if (chosen.kind === 'TAXED') return eachOnce(chosen.taxes.flatMap(({ applied }) => applied))
      return [chosen.kind === 'EXEMPT' ? exempt : reverseCharge]
    },
  }
}

/** What several taxes have in common is charged once. */
function eachOnce(taxes: readonly AppliedTax[]): AppliedTax[] {
  return taxes.filter((tax, place) => taxes.findIndex((one) => isSameTax(one, tax)) === place)
}

type TaxKey = Pick<AppliedTax, 'code' | 'rate' | 'inclusive'>

/** Whether two are one tax on a document: one code may be there at two rates. */
export function isSameTax(a: TaxKey, b: TaxKey): boolean {
  return a.code === b.code && a.rate === b.rate && a.inclusive === b.inclusive
}

/** A tax with components is charged as each of them. */
function optionOf(row: TaxOfEnvironment) {
  const effective = effectiveOf(row.components)
  const part = (code: string, name: string, rate: string): AppliedTax => ({
    code,
    name,
    rate,
    inclusive: row.inclusive,
    category: 'STANDARD',
  })
  return {
    environmentId: row.environment_id,
    code: row.code,
    country: row.country,
    appliedByDefault: row.applied_by_default,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    applied:
      row.components.length === 0
        ? [part(row.code, row.name, trimmed(row.rate))]
        : row.components.map(({ code, name }, index) =>
            part(code, name, toDecimal(effective[index] ?? { numerator: 0n, denominator: 1n })),
          ),
  }
}

/** PostgreSQL keeps the scale that a number was written with: `16.00` is `16`. */
function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}
