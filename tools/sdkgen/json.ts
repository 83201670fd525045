/** A JSON value as it was parsed, before anything is believed about it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/** The document says something the generator does not know; `where` is the path to it. */
export class UnknownConstruct extends Error {
  override readonly name = 'UnknownConstruct'

  constructor(where: string, what: string) {
    super(`${where}: ${what}`)
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: Json | undefined, where: string): JsonObject {
  if (!isObject(value))
    throw new UnknownConstruct(where, `expected an object, found ${JSON.stringify(value)}`)
  return value
}

export function arrayAt(value: Json | undefined, where: string): readonly Json[] {
  if (!Array.isArray(value)) {
    throw new UnknownConstruct(where, `expected an array, found ${JSON.stringify(value)}`)
  }
  return value
}

export function stringAt(value: Json | undefined, where: string): string {
  if (typeof value !== 'string') {
    throw new UnknownConstruct(where, `expected a string, found ${JSON.stringify(value)}`)
  }
  return value
}

export function optionalString(value: Json | undefined, where: string): string | undefined {
  return value === undefined ? undefined : stringAt(value, where)
}

/** Refuses keys outside `known`, so that nothing in the document is passed over in silence. `x-` keys pass. */
export function onlyKeys(value: JsonObject, known: ReadonlySet<string>, where: string): void {
  for (const key of Object.keys(value)) {
    if (!known.has(key) && !key.startsWith('x-')) {
      throw new UnknownConstruct(where, `"${key}" is not a construct the generator knows`)
    }
  }
}
