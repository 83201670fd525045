import { pythonName } from './names.ts'
import type { Definition, Direction, Field, Type } from './shapes.ts'
import type { Usage } from './usage.ts'

/** Where a type is written: names of other modules carry their module. */
export type Place = {
  readonly direction: Direction
  readonly usage: Usage
  readonly module: 'models' | 'inputs' | 'resources'
  /** Aliases name types that may come later in the file. */
  readonly quoted?: boolean
}

/** A type as Python writes it. */
export function pythonType(type: Type, place: Place): string {
  const inner = (part: Type): string => pythonType(part, place)
  const output = place.direction === 'output'
  switch (type.kind) {
    case 'scalar':
      switch (type.scalar) {
        case 'string':
          return 'str'
        case 'integer':
          return 'int'
        case 'number':
          return output ? 'Number' : 'float'
        case 'boolean':
          return 'bool'
        case 'money':
          return output ? 'Decimal' : 'MoneyInput'
        case 'date-time':
          return 'dt.datetime'
        case 'date':
          return 'dt.date'
        case 'unknown':
          return 'Any'
        case 'null':
          return 'None'
        default:
          return type.scalar satisfies never
      }
    case 'literal': {
      const literal = `Literal[${type.values.map(pythonLiteral).join(', ')}]`
      return output ? `Annotated[${literal}, LENIENT]` : literal
    }
    case 'array':
      return `${output ? 'List' : 'Sequence'}[${inner(type.items)}]`
    case 'map':
      return `${output ? 'Dict' : 'Mapping'}[str, ${inner(type.values)}]`
    case 'union': {
      const members = [...new Set(type.of.map(inner))]
      const others = members.filter((member) => member !== 'None')
      const one = others.length === 1 ? (others[0] ?? '') : `Union[${others.join(', ')}]`
      return others.length < members.length ? `Optional[${one}]` : one
    }
    case 'named':
      return reference(type.name, place)
    case 'object':
      throw new Error('an object is written as a class of its own')
    default:
      return type satisfies never
  }
}

function reference(definition: string, { direction, usage, module, quoted }: Place): string {
  const name = usage.nameOf(definition, direction)
  const home = direction === 'output' || usage.isPlain(definition) ? 'models' : 'inputs'
  if (home !== module) return `${home}.${name}`
  return quoted === true ? `"${name}"` : name
}

function pythonLiteral(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return JSON.stringify(value)
}

/** A class for what the API answers. */
export function modelClass(name: string, definition: Definition, usage: Usage): string {
  const place: Place = { direction: 'output', usage, module: 'models' }
  const fields = fieldsOf(definition).map((field) => {
    const attribute = pythonName(field.name)
    const type = pythonType(field.type, place)
    const alias = attribute === field.name ? '' : `alias="${field.name}"`
    if (field.required) {
      return `    ${attribute}: ${type}${alias === '' ? '' : ` = Field(${alias})`}\n${fieldComment(field)}`
    }
    const optional = type.startsWith('Optional[') || type === 'Any' ? type : `Optional[${type}]`
    const value = alias === '' ? 'None' : `Field(default=None, ${alias})`
    return `    ${attribute}: ${optional} = ${value}\n${fieldComment(field)}`
  })
  return `class ${name}(Model):\n${pythonComment(definition.description ?? `\`${name}\` as the API answers it.`, '    ')}\n${fields.join('')}`
}

/** A dictionary's type for what the API takes. */
export function inputClass(name: string, definition: Definition, usage: Usage): string {
  const place: Place = { direction: 'input', usage, module: 'inputs' }
  const fields = fieldsOf(definition).map((field) => {
    const type = pythonType(field.type, place)
    return `    ${pythonName(field.name)}: ${field.required ? type : `NotRequired[${type}]`}\n${fieldComment(field)}`
  })
  return `class ${name}(TypedDict):\n${pythonComment(definition.description ?? `\`${name}\` as the API takes it.`, '    ')}\n${fields.join('')}`
}

export function pythonAlias(name: string, type: Type, place: Place): string {
  return `${name} = ${pythonType(type, { ...place, quoted: true })}\n`
}

export function pythonComment(text: string, indent: string): string {
  const lines = text.trim().replaceAll('\\', '\\\\').replaceAll('"""', "'''").split('\n')
  const [only = '', ...more] = lines
  if (more.length === 0) return `${indent}"""${only}${only.endsWith('"') ? ' ' : ''}"""\n`
  return `${lines.map((line, index) => `${indent}${index === 0 ? '"""' : ''}${line}`.trimEnd()).join('\n')}\n${indent}"""\n`
}

function fieldComment(field: Field): string {
  return field.description === undefined || field.description.trim() === ''
    ? ''
    : pythonComment(field.description, '    ')
}

function fieldsOf({ name, type }: Definition): readonly Field[] {
  if (type.kind !== 'object') throw new Error(`${name} is no object`)
  return type.fields
}
