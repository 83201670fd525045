import {
  arrayAt,
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  onlyKeys,
  optionalString,
  stringAt,
  UnknownConstruct,
} from './json.ts'
import { checkedFieldName, checkedTypeName, pascal, singular } from './names.ts'
import { type Definition, type Field, resolve, scalar, type Type, union } from './shapes.ts'

// Limits and notes: they narrow the values, not the shape.
const annotations = [
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'propertyNames',
]

const keysByForm = {
  ref: new Set(['$ref', ...annotations]),
  const: new Set(['const', 'type', ...annotations]),
  enum: new Set(['enum', 'type', ...annotations]),
  anyOf: new Set(['anyOf', ...annotations]),
  oneOf: new Set(['oneOf', ...annotations]),
  allOf: new Set(['allOf', 'type', ...annotations]),
  type: new Set(['type', 'format', ...annotations]),
  array: new Set(['type', 'items', ...annotations]),
  object: new Set([
    'type',
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    ...annotations,
  ]),
  any: new Set(annotations),
}

const plainStringFormats = new Set([
  'country',
  'currency',
  'time-zone',
  'locale',
  'web-url',
  'ip-range',
  'email',
  'uri',
  'uuid',
  'ipv4',
  'ipv6',
  'password',
  'hostname',
])
const plainIntegerFormats = new Set(['int32', 'int64'])
const plainNumberFormats = new Set(['float', 'double'])

/** Reads JSON Schemas into shapes. Objects that have no name of their own get one from where they stand. */
export class SchemaReader {
  readonly definitions = new Map<string, Definition>()
  readonly #schemas: JsonObject
  readonly #pending: Set<string>

  constructor(schemas: JsonObject, pending: ReadonlySet<string> = new Set()) {
    this.#schemas = schemas
    this.#pending = new Set(pending)
  }

  /** `name` is what an object here is called if it has no name: `Customer` + `address` → `CustomerAddress`. */
  read(schema: Json | undefined, name: string, where: string): Type {
    // Draft 2020-12: `true` allows anything.
    if (schema === true) return scalar('unknown')
    const given = objectAt(schema, where)
    if ('$ref' in given) return this.#reference(given, where)
    if ('const' in given) {
      onlyKeys(given, keysByForm.const, where)
      return literal([given['const'] ?? null], where)
    }
    if ('enum' in given) {
      onlyKeys(given, keysByForm.enum, where)
      return literal(arrayAt(given['enum'], `${where}/enum`), where)
    }
    if ('anyOf' in given) return this.#union(given, 'anyOf', name, where)
    if ('oneOf' in given) return this.#union(given, 'oneOf', name, where)
    if ('allOf' in given) return this.#intersection(given, name, where)
    if (Array.isArray(given['type'])) {
      return union(
        given['type'].map((type) => this.read({ ...withoutLimits(given, type), type }, name, where)),
      )
    }
    if (given['type'] === undefined) {
      onlyKeys(given, keysByForm.any, where)
      return scalar('unknown')
    }
    return this.#typed(given, stringAt(given['type'], `${where}/type`), name, where)
  }

  #reference(given: JsonObject, where: string): Type {
    onlyKeys(given, keysByForm.ref, where)
    const reference = stringAt(given['$ref'], `${where}/$ref`)
    const prefix = '#/components/schemas/'
    if (!reference.startsWith(prefix)) {
      throw new UnknownConstruct(where, `only references into ${prefix} are known, not "${reference}"`)
    }
    return this.component(reference.slice(prefix.length), where)
  }

  /** The shape a schema under `components.schemas` has. */
  component(name: string, where: string): Type {
    checkedTypeName(name, where)
    if (!this.definitions.has(name) && !this.#pending.has(name)) {
      const schema = this.#schemas[name]
      if (schema === undefined) throw new UnknownConstruct(where, `there is no schema "${name}"`)
      this.#pending.add(name)
      const type = this.read(schema, name, `#/components/schemas/${name}`)
      // An object has defined itself under this name by now.
      if (type.kind !== 'named' || type.name !== name) this.#define(name, type, schema, where)
      this.#pending.delete(name)
    }
    return { kind: 'named', name }
  }

  #define(name: string, type: Type, schema: Json, where: string): void {
    const description = isObject(schema)
      ? optionalString(schema['description'], `${where}/description`)
      : undefined
    const definition = { name: checkedTypeName(name, where), type, description }
    const known = this.definitions.get(name)
    const taken = name in this.#schemas && !this.#pending.has(name)
    if (taken || (known !== undefined && JSON.stringify(known.type) !== JSON.stringify(type))) {
      throw new UnknownConstruct(
        where,
        `two different shapes would be called "${name}"; give one its own name in components.schemas`,
      )
    }
    this.definitions.set(name, definition)
  }

  #union(given: JsonObject, key: 'anyOf' | 'oneOf', name: string, where: string): Type {
    onlyKeys(given, keysByForm[key], where)
    const members = arrayAt(given[key], `${where}/${key}`)
    return union(
      members.map((member, index) =>
        this.read(
          member,
          members.length === 1 || isNullable(members) ? name : `${name}${variant(member, index)}`,
          `${where}/${key}/${index}`,
        ),
      ),
    )
  }

  #intersection(given: JsonObject, name: string, where: string): Type {
    onlyKeys(given, keysByForm.allOf, where)
    const fields = new Map<string, Field>()
    const scratch = new SchemaReader(this.#schemas, this.#pending)
    for (const [index, member] of arrayAt(given['allOf'], `${where}/allOf`).entries()) {
      const at = `${where}/allOf/${index}`
      const object = resolve(scratch.read(member, name, at), scratch.definitions)
      if (object.kind !== 'object') throw new UnknownConstruct(at, 'allOf is known for objects only')
      for (const field of object.fields) fields.set(field.name, field)
      scratch.definitions.delete(name)
    }
    for (const definition of scratch.definitions.values()) this.definitions.set(definition.name, definition)
    this.#define(name, { kind: 'object', fields: [...fields.values()] }, given, where)
    return { kind: 'named', name }
  }

  #typed(given: JsonObject, type: string, name: string, where: string): Type {
    switch (type) {
      case 'null':
        onlyKeys(given, keysByForm.type, where)
        return scalar('null')
      case 'boolean':
        onlyKeys(given, keysByForm.type, where)
        return scalar('boolean')
      case 'string':
      case 'integer':
      case 'number':
        onlyKeys(given, keysByForm.type, where)
        return formatted(type, optionalString(given['format'], `${where}/format`), where)
      case 'array':
        onlyKeys(given, keysByForm.array, where)
        return { kind: 'array', items: this.read(given['items'], singular(name), `${where}/items`) }
      case 'object':
        return this.#object(given, name, where)
      default:
        throw new UnknownConstruct(where, `the type "${type}" is not known`)
    }
  }

  #object(given: JsonObject, name: string, where: string): Type {
    onlyKeys(given, keysByForm.object, where)
    if (given['properties'] === undefined) return this.#map(given, name, where)
    if (given['patternProperties'] !== undefined || (given['additionalProperties'] ?? false) !== false) {
      throw new UnknownConstruct(where, 'an object has either named properties or a map of others, not both')
    }
    const properties = objectAt(given['properties'], `${where}/properties`)
    const required = arrayAt(given['required'] ?? [], `${where}/required`).map((field) =>
      stringAt(field, `${where}/required`),
    )
    for (const field of required) {
      if (!Object.hasOwn(properties, field)) {
        throw new UnknownConstruct(where, `"${field}" is required but is no property`)
      }
    }
    const fields = Object.entries(properties).map(([field, schema]): Field => {
      const at = `${where}/properties/${field}`
      return {
        name: checkedFieldName(field, at),
        type: this.read(schema, `${name}${pascal(field)}`, at),
        required: required.includes(field),
        description: isObject(schema)
          ? optionalString(schema['description'], `${at}/description`)
          : undefined,
      }
    })
    this.#define(name, { kind: 'object', fields }, given, where)
    return { kind: 'named', name }
  }

  #map(given: JsonObject, name: string, where: string): Type {
    const patterns = Object.entries(objectAt(given['patternProperties'] ?? {}, `${where}/patternProperties`))
    const [pattern, ...more] = patterns
    if (more.length > 0) throw new UnknownConstruct(where, 'a map has one pattern for its keys')
    const values = pattern === undefined ? given['additionalProperties'] : pattern[1]
    if (values === undefined || values === false) {
      throw new UnknownConstruct(where, 'an object without properties says what additionalProperties are')
    }
    return { kind: 'map', values: this.read(values, `${name}Value`, `${where}/additionalProperties`) }
  }
}

function formatted(type: 'string' | 'integer' | 'number', format: string | undefined, where: string): Type {
  if (format === 'money') return scalar('money')
  if (format === undefined) return scalar(type)
  if (type === 'string' && (format === 'date-time' || format === 'date')) return scalar(format)
  if (type === 'string' && plainStringFormats.has(format)) return scalar('string')
  if (type === 'integer' && plainIntegerFormats.has(format)) return scalar('integer')
  if (type === 'number' && plainNumberFormats.has(format)) return scalar('number')
  throw new UnknownConstruct(where, `the format "${format}" of a ${type} is not known`)
}

function literal(values: readonly Json[], where: string): Type {
  const plain = values.filter((value) => value !== null)
  const members: Type[] = values.length > plain.length ? [scalar('null')] : []
  const literals = plain.map((value) => {
    if (typeof value === 'object')
      throw new UnknownConstruct(where, 'an enum holds strings, numbers and booleans')
    return value
  })
  return union(literals.length === 0 ? members : [{ kind: 'literal', values: literals }, ...members])
}

function isNullable(members: readonly Json[]): boolean {
  return members.length === 2 && members.some((member) => isObject(member) && member['type'] === 'null')
}

/** What tells an inline object of a union apart in its name: its title, else its place. */
function variant(member: Json, index: number): string {
  const title = isObject(member) ? member['title'] : undefined
  return typeof title === 'string' ? pascal(title) : `Variant${index + 1}`
}

/** One member of `type: [a, "null"]`: what belongs to the other types is left out. */
function withoutLimits(given: JsonObject, type: Json): JsonObject {
  if (type !== 'null') return given
  return {}
}
