import {
  arrayAt,
  type Json,
  type JsonObject,
  objectAt,
  onlyKeys,
  optionalString,
  stringAt,
  UnknownConstruct,
} from './json.ts'
import { checkedFieldName, pascal } from './names.ts'
import { readAnswer } from './read-answer.ts'
import { SchemaReader } from './read-schema.ts'
import { type Api, type Auth, type Body, type Field, type Operation } from './shapes.ts'

const documentKeys = new Set([
  'openapi',
  'info',
  'servers',
  'paths',
  'components',
  'tags',
  'security',
  'externalDocs',
  'jsonSchemaDialect',
  'webhooks',
])
const operationKeys = new Set([
  'operationId',
  'summary',
  'description',
  'tags',
  'security',
  'parameters',
  'requestBody',
  'responses',
  'deprecated',
  'externalDocs',
])
const parameterKeys = new Set([
  'name',
  'in',
  'required',
  'schema',
  'description',
  'deprecated',
  'example',
  'examples',
])
const verbs = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

// The core of both clients uses these itself.
const reservedResources = new Set(['webhooks', 'session', 'close', 'options'])

/**
 * Reads an OpenAPI 3.1 document of this API's conventions. `operationId` is `<resource>.<method>`; an operation
 * marked `x-sdk: false` is left out. Anything it does not know is refused with its place in the document.
 */
export function readApi(document: Json): Api {
  const root = objectAt(document, '#')
  onlyKeys(root, documentKeys, '#')
  const version = stringAt(root['openapi'], '#/openapi')
  if (!version.startsWith('3.1.')) throw new UnknownConstruct('#/openapi', `version ${version} is not 3.1`)

  const components = objectAt(root['components'] ?? {}, '#/components')
  const schemas = new SchemaReader(objectAt(components['schemas'] ?? {}, '#/components/schemas'))
  const prefix = serverPath(root)
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(objectAt(root['paths'], '#/paths'))) {
    const at = `#/paths/${path}`
    for (const [key, value] of Object.entries(objectAt(item, at))) {
      const where = `${at}/${key}`
      if (!isVerb(key)) throw new UnknownConstruct(where, 'not an HTTP method the generator knows')
      const given = objectAt(value, where)
      if (given['x-sdk'] === false) continue
      operations.push(readOperation(given, { key, path: `${prefix}${path}`, root, where, schemas }))
    }
  }
  refuseTwins(operations)
  return { operations, definitions: schemas.definitions }
}

type Place = {
  readonly key: keyof typeof verbs
  readonly path: string
  readonly root: JsonObject
  readonly where: string
  readonly schemas: SchemaReader
}

function readOperation(given: JsonObject, place: Place): Operation {
  const { where, schemas } = place
  onlyKeys(given, operationKeys, where)
  const id = stringAt(given['operationId'], `${where}/operationId`)
  const [, resource, method] = /^([a-z][A-Za-z0-9]*)\.([a-z][A-Za-z0-9]*)$/.exec(id) ?? []
  if (resource === undefined || method === undefined) {
    throw new UnknownConstruct(where, `operationId "${id}" is not <resource>.<method>`)
  }
  if (reservedResources.has(resource)) {
    throw new UnknownConstruct(where, `the clients have a "${resource}" of their own`)
  }
  if (!/^\/api\/[A-Za-z0-9_{}/-]+(?:\.[a-z]+)?$/.test(place.path)) {
    throw new UnknownConstruct(where, `the path ${place.path} is not below /api`)
  }
  const name = `${pascal(resource)}${pascal(method)}`
  const parameters = readParameters(given, name, place)
  const summary = optionalString(given['summary'], `${where}/summary`)
  const description = optionalString(given['description'], `${where}/description`)
  return {
    id,
    resource,
    method,
    verb: verbs[place.key],
    path: place.path,
    ...parameters,
    body: readBody(given, name, place),
    answer: readAnswer(given, {
      name,
      where,
      schemas,
      paged: parameters.query.some((field) => field.name === 'cursor'),
    }),
    ...readSecurity(given, place),
    description: [summary, description].filter((text) => text !== undefined).join('\n\n') || undefined,
  }
}

function readParameters(given: JsonObject, name: string, place: Place) {
  const query: Field[] = []
  const described = new Set<string>()
  for (const [index, item] of arrayAt(given['parameters'] ?? [], `${place.where}/parameters`).entries()) {
    const at = `${place.where}/parameters/${index}`
    const parameter = objectAt(item, at)
    onlyKeys(parameter, parameterKeys, at)
    const field = stringAt(parameter['name'], `${at}/name`)
    const type = place.schemas.read(parameter['schema'], `${name}${pascal(field)}`, `${at}/schema`)
    switch (stringAt(parameter['in'], `${at}/in`)) {
      case 'path':
        if (type.kind !== 'scalar' || type.scalar !== 'string') {
          throw new UnknownConstruct(at, 'a path parameter is a string')
        }
        described.add(field)
        break
      case 'query':
        query.push({
          name: checkedFieldName(field, at),
          type,
          required: parameter['required'] === true,
          description: optionalString(parameter['description'], `${at}/description`),
        })
        break
      case 'header':
        // A request option of both clients, not an argument.
        if (field.toLowerCase() === 'idempotency-key') break
        throw new UnknownConstruct(at, `the header ${field} is not known`)
      default:
        throw new UnknownConstruct(at, 'parameters are in path or query')
    }
  }
  const pathParameters = [...place.path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '')
  for (const parameter of pathParameters) {
    checkedFieldName(parameter, place.where)
    if (!described.delete(parameter)) {
      throw new UnknownConstruct(place.where, `the path parameter {${parameter}} is not described`)
    }
  }
  for (const stray of described) {
    throw new UnknownConstruct(place.where, `the path parameter {${stray}} is not in the path`)
  }
  return { query, pathParameters }
}

function readBody(given: JsonObject, name: string, place: Place): Body | undefined {
  if (given['requestBody'] === undefined) return undefined
  const where = `${place.where}/requestBody`
  const body = objectAt(given['requestBody'], where)
  onlyKeys(body, new Set(['content', 'required', 'description']), where)
  const content = objectAt(body['content'], `${where}/content`)
  // A second way in for bulk loads from a shell; the clients send JSON.
  onlyKeys(content, new Set(['application/json', 'application/x-ndjson']), `${where}/content`)
  const at = `${where}/content/application~1json`
  const json = objectAt(content['application/json'], at)
  onlyKeys(json, new Set(['schema', 'example', 'examples']), at)
  return {
    type: place.schemas.read(json['schema'] ?? null, `${name}Input`, `${at}/schema`),
    required: body['required'] === true,
  }
}

function readSecurity(given: JsonObject, place: Place): { auth: Auth; scopes: readonly string[] } {
  const where = `${place.where}/security`
  const alternatives = arrayAt(given['security'] ?? place.root['security'] ?? [], where)
  const kinds = new Set<string>()
  const scopes: string[] = []
  for (const item of alternatives) {
    for (const [kind, needed] of Object.entries(objectAt(item, where))) {
      kinds.add(kind)
      scopes.push(...arrayAt(needed, where).map((scope) => stringAt(scope, where)))
    }
  }
  for (const kind of kinds) {
    if (kind !== 'session' && kind !== 'apiKey') throw new UnknownConstruct(where, `"${kind}" is not known`)
  }
  const session = kinds.has('session')
  if (kinds.has('apiKey')) return { auth: session ? 'any' : 'apiKey', scopes }
  return { auth: session ? 'session' : 'public', scopes }
}

/** The path that `servers` puts before each path, `/api` of `http://localhost:3000/api`. */
function serverPath(root: JsonObject): string {
  const servers = arrayAt(root['servers'] ?? [], '#/servers')
  const paths = servers.map((server, index) => {
    const url = stringAt(objectAt(server, '#/servers')['url'], `#/servers/${index}/url`)
    return new URL(url, 'http://localhost').pathname.replace(/\/$/, '')
  })
  const [first = '', ...others] = new Set(paths)
  if (others.length > 0) throw new UnknownConstruct('#/servers', 'the servers differ in their paths')
  return first
}

function refuseTwins(operations: readonly Operation[]): void {
  const ids = new Set<string>()
  for (const { id, path } of operations) {
    if (ids.has(id)) throw new UnknownConstruct(path, `a second operation is called "${id}"`)
    ids.add(id)
  }
}

function isVerb(key: string): key is keyof typeof verbs {
  return Object.hasOwn(verbs, key)
}
