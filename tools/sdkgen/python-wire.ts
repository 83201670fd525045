import { pythonName } from './names.ts'
import { type Definitions, type Field, resolve, type Type } from './shapes.ts'
import type { Usage } from './usage.ts'

/**
 * Which keys of the dictionaries a caller gives are renamed on their way to the wire. Only known fields are: the
 * keys of a map (metadata) are the caller's own.
 */
export class WireNames {
  readonly #definitions: Definitions
  readonly #tables = new Map<string, string>()

  constructor(definitions: Definitions, usage: Usage) {
    this.#definitions = definitions
    for (const { definition, direction } of usage.models()) {
      if (direction === 'input') this.#table(definition.name, definition.type)
    }
  }

  /** The table a value of this type needs, or undefined when its keys are right already. */
  tableOf(type: Type, where: string): string | undefined {
    switch (type.kind) {
      case 'scalar':
      case 'literal':
        return undefined
      case 'array':
        return this.tableOf(type.items, where)
      case 'map':
        if (this.tableOf(type.values, where) !== undefined) {
          throw new Error(`${where}: a map of objects is not known as an argument`)
        }
        return undefined
      case 'union': {
        const tables = new Set(
          type.of.map((part) => this.tableOf(part, where)).filter((table) => table !== undefined),
        )
        const [first, ...others] = tables
        if (others.length > 0) {
          throw new Error(
            `${where}: several objects are possible; give the union a name in components.schemas`,
          )
        }
        return first
      }
      case 'named':
        return this.#table(type.name, resolve(type, this.#definitions))
      case 'object':
        throw new Error(`${where}: an object without a name`)
      default:
        return type satisfies never
    }
  }

  /** `TABLES` of the generated wire module. */
  text(): string {
    const entries = [...this.#tables]
      .filter(([, text]) => text !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{\n${entries.map(([name, text]) => `    "${name}": {\n${text}    },\n`).join('')}}\n`
  }

  #table(name: string, type: Type): string | undefined {
    const known = this.#tables.get(name)
    if (known !== undefined) return name
    const fields = this.#objectFields(type)
    if (fields === undefined) return this.tableOf(type, name)
    // Before its fields, for shapes that hold themselves.
    this.#tables.set(name, '')
    const lines = new Map<string, string>()
    for (const field of fields) {
      const table = this.tableOf(field.type, `${name}.${field.name}`)
      const key = pythonName(field.name)
      const line = `        "${key}": ("${field.name}", ${table === undefined ? 'None' : `"${table}"`}),\n`
      if ((lines.get(key) ?? line) !== line) throw new Error(`${name}: "${field.name}" means two things`)
      lines.set(key, line)
    }
    this.#tables.set(name, [...lines.values()].join(''))
    return name
  }

  /** The fields of an object, or of all objects of a union; undefined if there is no object. */
  #objectFields(type: Type): readonly Field[] | undefined {
    if (type.kind === 'object') return type.fields
    if (type.kind !== 'union') return undefined
    const found = type.of.flatMap((member) => {
      const fields = this.#objectFields(resolve(member, this.#definitions))
      return fields === undefined ? [] : [fields]
    })
    return found.length === 0 ? undefined : found.flat()
  }
}
