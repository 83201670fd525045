/** What a value is on the wire, in the words both languages are written from. */
export type Scalar =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'money'
  | 'date-time'
  | 'date'
  | 'unknown'
  | 'null'

export type Type =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'literal'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'array'; readonly items: Type }
  | { readonly kind: 'map'; readonly values: Type }
  | { readonly kind: 'union'; readonly of: readonly Type[] }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }

export type Field = {
  readonly name: string
  readonly type: Type
  readonly required: boolean
  readonly description: string | undefined
}

export type Definition = {
  readonly name: string
  readonly type: Type
  readonly description: string | undefined
}

export type Definitions = ReadonlyMap<string, Definition>

/** Which way a value travels: money is a number on the way out, and a number or a decimal string on the way in. */
export type Direction = 'input' | 'output'

export type Auth = 'public' | 'session' | 'apiKey' | 'any'

export type Answer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bytes'; readonly media: string }
  | { readonly kind: 'text'; readonly media: string }
  | { readonly kind: 'one'; readonly type: Type }
  | { readonly kind: 'many'; readonly items: Type }
  | { readonly kind: 'pages'; readonly items: Type }

export type Body = {
  readonly type: Type
  /** Without it the request is refused, even if each of its fields is optional. */
  readonly required: boolean
}

export type Operation = {
  readonly id: string
  readonly resource: string
  readonly method: string
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/customers/{id}`. */
  readonly path: string
  readonly pathParameters: readonly string[]
  readonly query: readonly Field[]
  readonly body: Body | undefined
  readonly answer: Answer
  readonly auth: Auth
  readonly scopes: readonly string[]
  readonly description: string | undefined
}

export type Api = {
  readonly operations: readonly Operation[]
  readonly definitions: Definitions
}

export const scalar = (name: Scalar): Type => ({ kind: 'scalar', scalar: name })

/** A type without its outer name, as far as names lead. */
export function resolve(type: Type, definitions: Definitions): Type {
  const seen = new Set<string>()
  let current = type
  while (current.kind === 'named') {
    const definition = definitions.get(current.name)
    if (definition === undefined || seen.has(current.name)) {
      throw new Error(`The shape "${current.name}" is not defined`)
    }
    seen.add(current.name)
    current = definition.type
  }
  return current
}

export function isNull(type: Type): boolean {
  return type.kind === 'scalar' && type.scalar === 'null'
}

/** The types a type is directly made of. */
export function parts(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'scalar':
    case 'literal':
    case 'named':
      return []
    case 'array':
      return [type.items]
    case 'map':
      return [type.values]
    case 'union':
      return type.of
    case 'object':
      return type.fields.map((field) => field.type)
    default:
      return type satisfies never
  }
}

/** Members of unions of unions, each once. */
export function union(members: readonly Type[]): Type {
  const flat = members.flatMap((member) => (member.kind === 'union' ? member.of : [member]))
  const literals = flat.flatMap((member) => (member.kind === 'literal' ? member.values : []))
  const others = flat.filter((member) => member.kind !== 'literal')
  const once = new Map<string, Type>()
  if (literals.length > 0) {
    const values = [...new Set(literals)]
    once.set('literal', { kind: 'literal', values })
  }
  for (const member of others) once.set(JSON.stringify(member), member)
  const [first, ...rest] = once.values()
  if (first === undefined) throw new Error('a union of nothing')
  return rest.length === 0 ? first : { kind: 'union', of: [first, ...rest] }
}
