import { pascal } from './names.ts'
import { type Answer, type Definitions, type Operation, resolve, type Type } from './shapes.ts'
import { typescriptComment, typescriptType } from './typescript-types.ts'
import type { Usage } from './usage.ts'

export function queryName(operation: Operation): string {
  return `${pascal(operation.resource)}${pascal(operation.method)}Query`
}

/** One method of a resource's class. */
export function typescriptMethod(operation: Operation, definitions: Definitions, usage: Usage): string {
  const { answer, body } = operation
  const given: string[] = []
  const parameters = operation.pathParameters.map((name) => `${name}: string`)
  if (body !== undefined) {
    const optional = !needsFields(body.type, definitions)
    parameters.push(`body${optional ? '?' : ''}: ${typescriptType(body.type, 'input', usage)}`)
    given.push(optional && body.required ? 'body: body ?? {}' : 'body')
  }
  if (operation.query.length > 0) {
    const optional = !operation.query.some((field) => field.required)
    parameters.push(`query${optional ? '?' : ''}: ${queryName(operation)}`)
    given.push('query')
  }
  refuseCollision(operation)
  parameters.push('options?: RequestOptions')
  given.push('options')

  const fields = [
    `id: '${operation.id}'`,
    `method: '${operation.verb}'`,
    `path: ${pathExpression(operation)}`,
    `auth: '${operation.auth}'`,
    ...('media' in answer ? [`accept: '${answer.media}'`] : []),
    ...given,
  ]
  return [
    typescriptComment(comment(operation), '  '),
    `  ${operation.method}(${parameters.join(', ')}): ${returned(answer, usage)} {\n`,
    `    return this.#caller.${call(answer, usage)}({ ${fields.join(', ')} })\n`,
    '  }\n',
  ].join('')
}

function comment(operation: Operation): string {
  const scopes = operation.scopes.length > 0 ? ` Needs \`${operation.scopes.join('`, `')}\`.` : ''
  return `${operation.description ?? ''}\n\n\`${operation.verb} ${operation.path}\`.${scopes}`.trim()
}

function call(answer: Answer, usage: Usage): string {
  switch (answer.kind) {
    case 'nothing':
    case 'bytes':
    case 'text':
      return answer.kind
    case 'one':
      return `json<${typescriptType(answer.type, 'output', usage)}>`
    case 'many':
      return `json<${typescriptType(answer.items, 'output', usage)}[]>`
    case 'pages':
      return `pages<${typescriptType(answer.items, 'output', usage)}>`
    default:
      return answer satisfies never
  }
}

function returned(answer: Answer, usage: Usage): string {
  switch (answer.kind) {
    case 'nothing':
      return 'Promise<void>'
    case 'bytes':
      return 'Promise<Uint8Array>'
    case 'text':
      return 'Promise<string>'
    case 'one':
      return `Promise<${typescriptType(answer.type, 'output', usage)}>`
    case 'many':
      return `Promise<${typescriptType(answer.items, 'output', usage)}[]>`
    case 'pages':
      return `PageCall<${typescriptType(answer.items, 'output', usage)}>`
    default:
      return answer satisfies never
  }
}

function pathExpression(operation: Operation): string {
  if (operation.pathParameters.length === 0) return `'${operation.path}'`
  return `\`${operation.path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => `\${segment(${name})}`)}\``
}

/** Whether a body must name at least one field, so that it cannot be left out. */
function needsFields(type: Type, definitions: Definitions): boolean {
  const shape = resolve(type, definitions)
  if (shape.kind === 'union') return shape.of.some((member) => needsFields(member, definitions))
  return shape.kind !== 'object' || shape.fields.some((field) => field.required)
}

function refuseCollision(operation: Operation): void {
  for (const name of operation.pathParameters) {
    if (['body', 'query', 'options'].includes(name)) {
      throw new Error(`${operation.id}: a path parameter cannot be called "${name}"`)
    }
  }
}
