/**
 * An id as one segment of a path. Refuses the empty id and `.`/`..`, which would lead to another route:
 * `customers.get('')` must not become the list.
 */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new TypeError(`not an id: ${JSON.stringify(id)}`)
  return encodeURIComponent(id)
}

type QueryScalar = string | number | boolean | undefined
type QueryValue = QueryScalar | QueryScalar[]

/** `?status=ACTIVE&limit=20`, leaving out what is undefined; a list repeats its name. */
export function queryString(query: object | undefined): string {
  const parameters = new URLSearchParams()
  const entries: [string, QueryValue][] = Object.entries(query ?? {})
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, String(one))
    }
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
