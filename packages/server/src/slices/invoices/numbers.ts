import { localDay, toCivil } from '@novabilling/core/calendar'
import type { Draft } from './draft.ts'

/** Where invoices are numbered: an environment and a year, with how many are to get one. */
type Place = { readonly environmentId: string; readonly year: number; count: number; next?: bigint }

/** The places of these invoices, by `placeOf`. */
export function numberPlaces(drafts: readonly Draft[]): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const draft of drafts) {
    const key = placeOf(draft)
    const place = places.get(key)
    if (place) place.count++
    else places.set(key, { environmentId: draft.environmentId, year: yearOf(draft), count: 1 })
  }
  return places
}

export function placeOf(draft: Draft): string {
  return `${draft.environmentId} ${yearOf(draft)}`
}

function yearOf({ billTo, issuedAtMs }: Draft): number {
  return toCivil(localDay(billTo.timezone, issuedAtMs)).year
}
