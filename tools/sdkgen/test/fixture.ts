import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../json.ts'
import { type JsonObject, objectAt } from '../json.ts'

/** A document with one of each construct the generator knows. */
export function fixture(): JsonObject {
  const document: Json = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixture.openapi.json'), 'utf8'),
  )
  return objectAt(document, '#')
}

/** The fixture with the value at `path` replaced; `undefined` removes it. */
export function fixtureWith(path: readonly string[], value: Json | undefined): JsonObject {
  return changed(fixture(), path, value)
}

function changed(object: JsonObject, [key, ...rest]: readonly string[], value: Json | undefined): JsonObject {
  if (key === undefined) throw new Error('no path')
  if (rest.length > 0) return { ...object, [key]: changed(objectAt(object[key] ?? {}, key), rest, value) }
  const others = Object.entries(object).filter(([name]) => name !== key)
  return Object.fromEntries(value === undefined ? others : [...others, [key, value]])
}
