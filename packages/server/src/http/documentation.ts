import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { Route, Slice } from './route.ts'

/** The body of a refusal. */
export const Problem = {
  $id: 'Problem',
  type: 'object',
  required: ['statusCode', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    code: {
      type: 'string',
      description: 'One of the closed list in docs/errors.md; absent from 401, 403 and 429',
    },
    message: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Every fault of a 400',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    retryAfter: { type: 'integer', description: 'Seconds to wait, on 429' },
  },
}

/** What the OpenAPI document says besides its routes. */
export function documentation(slices: readonly Slice[]): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'NovaBilling',
        version: '0.1.0',
        description:
          'Billing for businesses that sell across borders. A tenant session (JWT) manages the account; API keys with scopes work with the data of one environment.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: 'http://localhost:3000' }],
      tags: slices
        .filter(({ routes }) => routes.some(({ internal }) => !internal))
        .map(({ title, description }) => ({ name: title, description })),
      components: {
        securitySchemes: {
          session: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The access token of a login',
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key that holds the scope' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema['$id'] === 'string' ? schema['$id'] : `shape${index}`,
    },
    transform: ({ schema, url }) => {
      const { body, response, ...rest } = schema as { body?: { properties?: object }; response?: object }
      const takesNothing =
        body === undefined || (!('content' in body) && Object.keys(body.properties ?? {}).length === 0)
      return {
        schema: {
          ...rest,
          ...(takesNothing ? {} : { body }),
          response: { ...response, default: { $ref: 'Problem#' } },
        },
        url,
      }
    },
  }
}

/** What a route's own parts do not say. */
export function routeDocumentation(slice: Slice, route: Route): Record<string, unknown> {
  const { access, operation, summary, description, status, response, produces } = route
  const content = produces
    ? { description: 'Success', content: { [produces]: { schema: { type: 'string', format: 'binary' } } } }
    : (response ?? { type: 'null', description: 'Done' })
  return {
    ...(route.internal ? { hide: true } : {}),
    operationId: operation,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [slice.title],
    security:
      access.kind === 'key'
        ? access.anyOf.map((scope) => ({ apiKey: [scope] }))
        : access.kind === 'session'
          ? [{ session: [] }]
          : [],
    response: { [status]: content, ...(route.alsoAccepted ? { 202: content } : {}) },
  }
}
