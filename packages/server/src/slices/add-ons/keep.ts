import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { presentAddOn } from './present.ts'
import type { AddOn, CreateAddOn, ListAddOns, UpdateAddOn } from './schema.ts'
import {
  type AddOnRow,
  type StoredPrice,
  addOnById,
  addOnColumns,
  addOnIsUsed,
  addOnSelect,
  deleteAddOn,
  insertAddOn,
  lockAddOn,
  saveAddOn,
} from './sql.ts'

/** Makes an add-on. Refuses a code that another has, and two prices in one currency. */
export async function createAddOn(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateAddOn,
): Promise<AddOn> {
  const row: AddOnRow = {
    id: deps.ids.next(),
    name: input.name,
    code: input.code,
    description: input.description ?? null,
    prices: readPrices(input.prices),
    created_at: tx.now,
    updated_at: tx.now,
  }
  tx.defer(
    insertAddOn(
      environmentId,
      row.id,
      row.name,
      row.code,
      row.description,
      JSON.stringify(row.prices),
      row.created_at,
    ),
  )
  return presentAddOn(row)
}

/** Changes what an add-on costs and says from now on; what has been applied keeps its price. */
export async function updateAddOn(
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateAddOn,
): Promise<AddOn> {
  const current = await lock(tx, environmentId, id)
  const saved: AddOnRow = {
    ...current,
    name: input.name ?? current.name,
    description: input.description === undefined ? current.description : input.description,
    prices: input.prices ? readPrices(input.prices) : current.prices,
    updated_at: tx.now,
  }
  tx.defer(
    saveAddOn(
      environmentId,
      saved.id,
      saved.name,
      saved.description,
      JSON.stringify(saved.prices),
      saved.updated_at,
    ),
  )
  return presentAddOn(saved)
}

/** Removes an add-on that was never applied. */
export async function removeAddOn(tx: Tx, environmentId: string, id: string): Promise<void> {
  const row = await lock(tx, environmentId, id)
  const [found] = await tx.query(addOnIsUsed(environmentId, row.id))
  if (found?.used) throw new Refusal('add_on_in_use')
  tx.defer(deleteAddOn(environmentId, row.id))
}

/** An add-on by its public id. */
export async function findAddOn(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<AddOnRow> {
  const stored = parseId('addOn', id)
  const [row] = stored === undefined ? [] : await reader.query(addOnById(environmentId, stored))
  if (!row) throw new Refusal('add_on_not_found')
  return row
}

/** A page of add-ons, newest first. */
export function listAddOns(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListAddOns,
): Promise<Page<AddOn>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.code !== undefined) where.push(fragment`code = ${query.code}`)
  return listPage({
    deps,
    reader,
    name: 'add_ons.list',
    from: 'add_ons',
    select: addOnSelect,
    columns: addOnColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => isoInstant(row.created_at),
    present: presentAddOn,
  })
}

async function lock(tx: Tx, environmentId: string, id: string): Promise<AddOnRow> {
  const found = await findAddOn(tx, environmentId, id)
  const [row] = await tx.query(lockAddOn(environmentId, found.id))
  if (!row) throw new Refusal('add_on_not_found')
  return row
}

function readPrices(prices: CreateAddOn['prices']): StoredPrice[] {
  const money = new MoneyReader()
  const read = prices.map(({ currency, amount }, index) => {
    if (prices.findIndex((one) => one.currency === currency) < index) {
      money.faults.push({
        path: `prices[${index}].currency`,
        message: 'is there twice: an add-on has one price a currency',
      })
    }
    return { currency, minor: String(money.read(`prices[${index}].amount`, currency, amount)) }
  })
  if (money.faults.length > 0) throw invalid(...money.faults)
  return read
}
