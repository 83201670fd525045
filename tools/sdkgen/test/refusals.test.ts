import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Json, UnknownConstruct } from '../json.ts'
import { pythonFiles } from '../python.ts'
import { readApi } from '../read-api.ts'
import { typescriptFiles } from '../typescript.ts'
import { fixture, fixtureWith } from './fixture.ts'

const get = ['paths', '/api/customers/{id}', 'get']
const post = ['paths', '/api/customers', 'post']
const email = ['components', 'schemas', 'Customer', 'properties', 'email']
const customer = ['components', 'schemas', 'Customer']
const okay = ['paths', '/api/customers/{id}', 'get', 'responses', '200']

const refusals: readonly [what: string, path: readonly string[], value: Json | undefined, message: RegExp][] =
  [
    ['another OpenAPI version', ['openapi'], '3.0.3', /version 3\.0\.3/],
    ['a key of an operation', [...get, 'callbacks'], {}, /"callbacks" is not a construct/],
    ['a method', ['paths', '/api/customers/{id}', 'trace'], {}, /trace: not an HTTP method/],
    ['an operation without a name', [...get, 'operationId'], undefined, /operationId: expected a string/],
    [
      'a name that is no <resource>.<method>',
      [...get, 'operationId'],
      'getCustomer',
      /is not <resource>\.<method>/,
    ],
    [
      'a name twice',
      [...get, 'operationId'],
      'customers.create',
      /a second operation is called "customers\.create"/,
    ],
    [
      'a resource the clients have of their own',
      [...get, 'operationId'],
      'webhooks.get',
      /"webhooks" of their own/,
    ],
    ['a kind of credential', [...get, 'security'], [{ basic: [] }], /"basic" is not known/],
    ['a path parameter that is not described', [...get, 'parameters'], [], /\{id\} is not described/],
    ['a header', [...get, 'parameters'], [{ name: 'X-Y', in: 'header', schema: {} }], /the header X-Y/],
    ['a cookie', [...get, 'parameters'], [{ name: 'x', in: 'cookie', schema: {} }], /in path or query/],
    [
      'a style of a parameter',
      [...get, 'parameters'],
      [{ name: 'x', in: 'query', style: 'deepObject' }],
      /"style"/,
    ],
    ['a media type of a body', [...post, 'requestBody', 'content', 'multipart/form-data'], {}, /multipart/],
    ['a media type of an answer', [...okay, 'content'], { 'image/png': {} }, /image\/png is not known/],
    ['several media types of an answer', [...okay, 'content', 'text/csv'], {}, /several media types/],
    [
      'an answer that is a string',
      [...okay, 'content', 'application/json', 'schema'],
      { type: 'string' },
      /an object or an array/,
    ],
    ['no 2xx answer', [...get, 'responses'], {}, /no 2xx answer/],
    ['2xx answers that differ', [...get, 'responses', '202'], { description: '' }, /differ in shape/],
    [
      'a page without a cursor',
      ['paths', '/api/customers', 'get', 'parameters'],
      [],
      /needs the query parameter "cursor"/,
    ],
    ['a type', email, { type: 'tuple' }, /the type "tuple"/],
    ['a format', email, { type: 'string', format: 'iban' }, /Customer\/properties\/email: the format "iban"/],
    ['a keyword of a schema', email, { type: 'string', contentEncoding: 'base64' }, /"contentEncoding"/],
    ['a negation', email, { not: {} }, /"not"/],
    ['a reference to another place', email, { $ref: 'other.json#/x' }, /only references into/],
    ['a reference to nothing', email, { $ref: '#/components/schemas/Nobody' }, /no schema "Nobody"/],
    ['an array without items', email, { type: 'array' }, /items: expected an object/],
    ['an object that says nothing', email, { type: 'object' }, /says what additionalProperties are/],
    [
      'an open object with properties',
      email,
      { type: 'object', properties: {}, additionalProperties: true },
      /not both/,
    ],
    ['a required field that is no property', [...customer, 'required'], ['nope'], /"nope" is required/],
    [
      'a field that cannot be a name',
      [...customer, 'properties', 'a b'],
      { type: 'string' },
      /"a b" cannot name a field/,
    ],
    [
      'an intersection of what are no objects',
      email,
      { allOf: [{ type: 'string' }] },
      /allOf is known for objects only/,
    ],
    ['an enum of objects', email, { enum: [{}] }, /an enum holds/],
  ]

for (const [what, path, value, message] of refusals) {
  test(`the generator refuses ${what} it does not know, and says where`, () => {
    assert.throws(
      () => readApi(fixtureWith(path, value)),
      (error) => error instanceof UnknownConstruct && message.test(error.message),
    )
  })
}

test('the fixture itself is known in full', () => {
  assert.equal(readApi(fixture()).operations.length, 29)
})

test('two shapes of one name are refused', () => {
  const inline = { type: 'object', properties: { x: { type: 'string' } } }
  assert.throws(
    () => readApi(fixtureWith([...customer, 'properties', 'create'], inline)),
    /two different shapes would be called "CustomerCreate"/,
  )
})

test('arguments of one name are refused', () => {
  const twice = fixtureWith(
    [...post, 'parameters'],
    [{ name: 'email', in: 'query', schema: { type: 'string' } }],
  )
  assert.throws(() => pythonFiles(readApi(twice)), /customers\.create: two arguments would be called "email"/)
  const timeout = fixtureWith(['components', 'schemas', 'CustomerCreate', 'properties', 'timeout'], {
    type: 'string',
  })
  assert.throws(() => pythonFiles(readApi(timeout)), /two arguments would be called "timeout"/)
})

test('a model called like a class of the client is refused', () => {
  const schemas = ['components', 'schemas', 'RequestOptions']
  const taken = fixtureWith(schemas, { type: 'object', properties: { x: { type: 'string' } } })
  const used = readApi({
    ...taken,
    paths: {
      '/api/x': {
        get: {
          operationId: 'x.get',
          responses: {
            200: {
              description: '',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/RequestOptions' } } },
            },
          },
        },
      },
    },
  })
  assert.throws(() => typescriptFiles(used), /The client has a "RequestOptions" of its own/)
})
