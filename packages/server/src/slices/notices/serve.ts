import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { receiveNotice } from './receive.ts'

const mostBytes = 262_144

/**
 * The addresses at which providers reach us: `/webhooks/{provider}/{account}`. They take any media type and keep its
 * bytes as they came; no credential of ours is asked for, since each provider proves itself in its own way.
 */
export async function serveNotices(app: FastifyInstance, deps: Deps): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, done) =>
    done(null, body),
  )
  app.route<{ Params: { provider: string; account: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'POST'],
    url: '/webhooks/:provider/:account',
    schema: { hide: true },
    bodyLimit: mostBytes,
    handler: async (request, reply) => answer(deps, request, reply),
  })
}

async function answer(
  deps: Deps,
  request: FastifyRequest<{
    Params: { provider: string; account: string }
    Querystring: Record<string, unknown>
  }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { params, headers, body, query } = request
  const told = await receiveNotice(
    deps,
    { provider: params.provider, accountId: params.account },
    {
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      headers,
      query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
    },
  )
  return reply.code(200).type(told.type).send(told.body)
}
