import { UnknownConstruct } from './json.ts'

/** `apiKeys` → `ApiKeys`, `mark-paid` → `MarkPaid`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
}

/** `apiKeys` → `api_keys`, `last4` → `last4`, `hostedURLPath` → `hosted_url_path`. */
function snake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/-/g, '_')
    .toLowerCase()
}

/** `apiKeys` → `api-keys`, for file names. */
export function kebab(name: string): string {
  return snake(name).replace(/_/g, '-')
}

/** One of many: `items` → `item`, `taxes` → `tax`, `currencies` → `currency`. Only for names of inline shapes. */
export function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`
  if (/(?:x|ss|ch|sh)es$/.test(name)) return name.slice(0, -2)
  if (name.endsWith('s') && !name.endsWith('ss')) return name.slice(0, -1)
  return name
}

/** A name both languages can use as a type's name, or a refusal. */
export function checkedTypeName(name: string, where: string): string {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) {
    throw new UnknownConstruct(where, `"${name}" cannot name a type: schema names are PascalCase`)
  }
  return name
}

/** A name both languages can use as a field or an argument, or a refusal. */
export function checkedFieldName(name: string, where: string): string {
  if (!/^[a-z][A-Za-z0-9_]*$/.test(name)) {
    throw new UnknownConstruct(where, `"${name}" cannot name a field: names are camelCase`)
  }
  return name
}

const pythonKeywords = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import ' +
    'in is lambda nonlocal not or pass raise return try while with yield self'
  ).split(' '),
)

// Names that a pydantic model has already: a field of the same name would hide the method.
const modelAttributes = new Set('construct copy dict json schema validate'.split(' '))

/** The Python name of a field, an argument or a method: snake_case, with `_` behind a word that is taken. */
export function pythonName(name: string): string {
  const candidate = snake(name)
  return pythonKeywords.has(candidate) || modelAttributes.has(candidate) ? `${candidate}_` : candidate
}
