import { pythonName } from './names.ts'
import { pythonComment, type Place, pythonType } from './python-types.ts'
import type { WireNames } from './python-wire.ts'
import {
  type Answer,
  type Definitions,
  type Field,
  isNull,
  type Operation,
  resolve,
  type Type,
  union,
} from './shapes.ts'
import type { Usage } from './usage.ts'

type Context = { readonly definitions: Definitions; readonly usage: Usage; readonly wire: WireNames }

/** One method of a resource's class, of the client that blocks or of the one that is awaited. */
export function pythonMethod(operation: Operation, context: Context, mode: 'sync' | 'async'): string {
  const { definitions, usage, wire } = context
  const place: Place = { direction: 'input', usage, module: 'resources' }
  const body = operation.body === undefined ? [] : bodyFields(operation.body.type, definitions, operation.id)
  refuseCollisions(operation, body)
  const named = [...body, ...operation.query]
  const keywords = [...named.filter((field) => field.required), ...named.filter((field) => !field.required)]
  const parameters = [
    'self',
    ...operation.pathParameters.map((name) => `${pythonName(name)}: str`),
    '*',
    ...keywords.map((field) => `${pythonName(field.name)}: ${keywordType(field, place)}`),
    ...(operation.verb === 'POST' ? ['idempotency_key: Optional[str] = None'] : []),
    'timeout: Optional[float] = None',
  ]
  const given = (fields: readonly Field[]): string =>
    `{${fields.map((field) => `"${field.name}": ${argument(field, wire, operation.id)}`).join(', ')}}`
  const call = [
    `"${operation.id}"`,
    `"${operation.verb}"`,
    pathExpression(operation),
    `"${operation.auth}"`,
    ...('media' in operation.answer ? [`accept="${operation.answer.media}"`] : []),
    ...(operation.body === undefined
      ? []
      : [`body=${operation.body.required ? 'body_of' : 'optional_body_of'}(${given(body)})`]),
    ...(operation.query.length > 0 ? [`query=query_of(${given(operation.query)})`] : []),
    ...(operation.verb === 'POST' ? ['idempotency_key=idempotency_key'] : []),
    'timeout=timeout',
  ]
  const paged = operation.answer.kind === 'pages'
  const start = mode === 'async' && !paged ? 'async def' : 'def'
  const { returns, method, model } = answered(operation.answer, { ...place, direction: 'output' }, mode)
  return [
    `    ${start} ${pythonName(operation.method)}(\n`,
    ...parameters.map((parameter) => `        ${parameter},\n`),
    `    ) -> ${returns}:\n`,
    pythonComment(comment(operation), '        '),
    `        ${returns === 'None' ? '' : 'return '}${mode === 'async' && !paged ? 'await ' : ''}self._caller.${method}(\n`,
    ...(model === undefined ? [] : [`            ${model},\n`]),
    '            Call(\n',
    ...call.map((part) => `                ${part},\n`),
    '            ),\n',
    '        )\n',
  ].join('')
}

function comment(operation: Operation): string {
  const scopes = operation.scopes.length > 0 ? ` Needs \`${operation.scopes.join('`, `')}\`.` : ''
  return `${operation.description ?? ''}\n\n\`${operation.verb} ${operation.path}\`.${scopes}`.trim()
}

function answered(answer: Answer, place: Place, mode: 'sync' | 'async') {
  switch (answer.kind) {
    case 'nothing':
      return { returns: 'None', method: 'nothing', model: undefined }
    case 'bytes':
      return { returns: 'bytes', method: 'content', model: undefined }
    case 'text':
      return { returns: 'str', method: 'text', model: undefined }
    case 'one': {
      const model = modelName(answer.type, place)
      return { returns: model, method: 'one', model }
    }
    case 'many': {
      const model = modelName(answer.items, place)
      return { returns: `List[${model}]`, method: 'many', model }
    }
    case 'pages': {
      const model = modelName(answer.items, place)
      return { returns: `${mode === 'async' ? 'AsyncPageCall' : 'Page'}[${model}]`, method: 'pages', model }
    }
    default:
      return answer satisfies never
  }
}

function modelName(type: Type, place: Place): string {
  if (type.kind !== 'named') throw new Error('an answer is a named object')
  return pythonType(type, place)
}

function keywordType(field: Field, place: Place): string {
  const type = pythonType(field.type, place)
  return field.required ? type : `Union[${type}, NotGiven] = NOT_GIVEN`
}

function argument(field: Field, wire: WireNames, where: string): string {
  const table = wire.tableOf(field.type, `${where}: ${field.name}`)
  return table === undefined ? pythonName(field.name) : `renamed(${pythonName(field.name)}, "${table}")`
}

function pathExpression(operation: Operation): string {
  if (operation.pathParameters.length === 0) return `"${operation.path}"`
  return `f"${operation.path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => `{segment(${pythonName(name)})}`)}"`
}

/** The fields of a body as keyword arguments. Of several possible objects each field is one, optional unless all have it. */
function bodyFields(type: Type, definitions: Definitions, where: string): readonly Field[] {
  const shape = resolve(type, definitions)
  if (shape.kind === 'object') return shape.fields
  if (shape.kind !== 'union' || shape.of.some(isNull)) throw new Error(`${where}: a body is an object`)
  const alternatives = shape.of.map((member) => bodyFields(member, definitions, where))
  const fields = new Map<string, Field>()
  for (const field of alternatives.flat()) {
    const known = fields.get(field.name)
    const required = alternatives.every((others) =>
      others.some((other) => other.name === field.name && other.required),
    )
    const merged = known === undefined ? field.type : union([known.type, field.type])
    fields.set(field.name, { ...field, type: merged, required })
  }
  return [...fields.values()]
}

function refuseCollisions(operation: Operation, body: readonly Field[]): void {
  const names = [
    'self',
    'timeout',
    'idempotency_key',
    ...operation.pathParameters.map(pythonName),
    ...[...body, ...operation.query].map((field) => pythonName(field.name)),
  ]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${operation.id}: two arguments would be called "${twice}"`)
}
