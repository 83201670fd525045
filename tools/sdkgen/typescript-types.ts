import type { Direction, Field, Type } from './shapes.ts'
import type { Usage } from './usage.ts'

/** A type as TypeScript writes it. */
export function typescriptType(type: Type, direction: Direction, usage: Usage): string {
  const inner = (part: Type): string => typescriptType(part, direction, usage)
  switch (type.kind) {
    case 'scalar':
      switch (type.scalar) {
        case 'integer':
        case 'number':
          return 'number'
        case 'money':
          return direction === 'input' ? 'number | string' : 'number'
        case 'string':
        case 'date-time':
        case 'date':
          return 'string'
        case 'boolean':
        case 'unknown':
        case 'null':
          return type.scalar
        default:
          return type.scalar satisfies never
      }
    case 'literal':
      return type.values.map(typescriptLiteral).join(' | ')
    case 'array': {
      const items = inner(type.items)
      const list = items.includes(' ') ? `(${items})[]` : `${items}[]`
      return direction === 'input' ? `readonly ${list}` : list
    }
    case 'map':
      return `{ [key: string]: ${inner(type.values)} }`
    case 'union':
      return [
        ...new Set(type.of.map((part) => (part.kind === 'array' ? `(${inner(part)})` : inner(part)))),
      ].join(' | ')
    case 'named':
      return usage.nameOf(type.name, direction)
    case 'object':
      throw new Error('an object is written as an interface of its own')
    default:
      return type satisfies never
  }
}

function typescriptLiteral(value: string | number | boolean): string {
  return typeof value === 'string'
    ? `'${JSON.stringify(value)
        .slice(1, -1)
        .replaceAll("'", String.raw`\'`)}'`
    : String(value)
}

/** `  name?: string | undefined`: an optional field may also be given as undefined. */
export function typescriptFields(fields: readonly Field[], direction: Direction, usage: Usage): string {
  return fields
    .map((field) => {
      const type = typescriptType(field.type, direction, usage)
      const optional = direction === 'input' ? `?: ${type} | undefined` : `?: ${type}`
      return `${typescriptComment(field.description, '  ')}  ${field.name}${field.required ? `: ${type}` : optional}\n`
    })
    .join('')
}

export function typescriptComment(text: string | undefined, indent: string): string {
  if (text === undefined || text.trim() === '') return ''
  const lines = text
    .trim()
    .replaceAll('*/', String.raw`*\/`)
    .split('\n')
  if (lines.length === 1) return `${indent}/** ${lines[0] ?? ''} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`
}
