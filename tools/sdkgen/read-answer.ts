import { type Json, type JsonObject, objectAt, onlyKeys, UnknownConstruct } from './json.ts'
import type { SchemaReader } from './read-schema.ts'
import { type Answer, resolve, type Type } from './shapes.ts'

type Context = {
  /** `CustomersList`: what an answer without a name of its own is called by. */
  readonly name: string
  readonly where: string
  readonly schemas: SchemaReader
  /** Whether the operation takes a cursor. */
  readonly paged: boolean
}

const textMedia = new Set(['application/xml', 'text/xml', 'text/csv', 'text/plain'])

/** What an operation gives back when it succeeds: all its 2xx answers must be of one kind. */
export function readAnswer(operation: JsonObject, context: Context): Answer {
  const where = `${context.where}/responses`
  const answers = new Map<string, Answer>()
  for (const [status, response] of Object.entries(objectAt(operation['responses'], where))) {
    if (!/^[1-5](?:\d\d|XX)$/i.test(status) && status !== 'default') {
      throw new UnknownConstruct(`${where}/${status}`, 'not a status')
    }
    if (!status.startsWith('2')) continue
    const answer = oneAnswer(response, { ...context, where: `${where}/${status}` })
    answers.set(JSON.stringify(answer), answer)
  }
  const [first, ...others] = answers.values()
  if (first === undefined) throw new UnknownConstruct(where, 'no 2xx answer')
  if (others.length > 0) throw new UnknownConstruct(where, 'the 2xx answers differ in shape')
  return first
}

function oneAnswer(response: Json, context: Context): Answer {
  const { where } = context
  const given = objectAt(response, where)
  onlyKeys(given, new Set(['description', 'headers', 'content']), where)
  if (where.endsWith('/204')) return { kind: 'nothing' }
  const content = objectAt(given['content'] ?? {}, `${where}/content`)
  const media = Object.keys(content)
  if (media.length === 0) return { kind: 'nothing' }
  // The JSON beside a PDF is a link to it, for those who ask by Accept.
  if (media.includes('application/pdf')) return { kind: 'bytes', media: 'application/pdf' }
  const [only, ...more] = media
  if (only === undefined || more.length > 0) {
    throw new UnknownConstruct(where, `several media types: ${media.join(', ')}`)
  }
  if (textMedia.has(only)) return { kind: 'text', media: only }
  if (only !== 'application/json') throw new UnknownConstruct(where, `the media type ${only} is not known`)

  const at = `${where}/content/application~1json`
  const json = objectAt(content[only], at)
  onlyKeys(json, new Set(['schema', 'example', 'examples']), at)
  if (json['schema'] === undefined) throw new UnknownConstruct(at, 'no schema')
  return classified(context.schemas.read(json['schema'], `${context.name}Result`, `${at}/schema`), context)
}

function classified(type: Type, { schemas, where, paged }: Context): Answer {
  const shape = resolve(type, schemas.definitions)
  if (shape.kind === 'array') return { kind: 'many', items: namedItems(shape.items, schemas, where) }
  if (shape.kind !== 'object') throw new UnknownConstruct(where, 'an answer is an object or an array')

  const names = shape.fields.map((field) => field.name).toSorted()
  if (names.join() !== 'data,meta') return { kind: 'one', type }
  const entries = shape.fields.find((field) => field.name === 'data')
  const list = entries === undefined ? undefined : resolve(entries.type, schemas.definitions)
  if (list?.kind !== 'array') throw new UnknownConstruct(where, 'the data of a page is an array')
  if (!paged) throw new UnknownConstruct(where, 'a page needs the query parameter "cursor"')
  return { kind: 'pages', items: namedItems(list.items, schemas, where) }
}

function namedItems(items: Type, schemas: SchemaReader, where: string): Type {
  if (resolve(items, schemas.definitions).kind !== 'object') {
    throw new UnknownConstruct(where, 'a list holds objects')
  }
  return items
}
