import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { pageHeaders, runBuild } from './dashboard-pages.ts'

const folder = fileURLToPath(new URL('../../../hosted/dist/', import.meta.url))
const buildScript = fileURLToPath(new URL('../../../hosted/build.ts', import.meta.url))

/** Builds the pages that customers see, as the dashboard is built. */
export function buildHostedPages(deps: Pick<Deps, 'log'>): Promise<void> {
  return runBuild(deps, buildScript, "the customers' pages")
}

/** One page under each link: who may see what is decided when it asks for it, not here. */
export async function serveHostedPages(app: FastifyInstance, deps: Pick<Deps, 'config'>): Promise<void> {
  const hidden = { schema: { hide: true } }
  app.get<{ Params: { '*': string } }>('/hosted/assets/*', hidden, (request, reply) =>
    reply.sendFile(`assets/${request.params['*']}`, folder, { maxAge: '365d', immutable: true }),
  )
  for (const kind of ['pay', 'portal'])
    app.get(`/${kind}/:token`, hidden, (_request, reply) => sendHostedPage(deps, reply))
}

async function sendHostedPage({ config }: Pick<Deps, 'config'>, reply: FastifyReply): Promise<FastifyReply> {
  const built = await readFile(`${folder}index.html`, 'utf8').catch(() => undefined)
  return reply
    .code(built === undefined ? 503 : 200)
    .headers({ ...pageHeaders(config), 'x-robots-tag': 'noindex, nofollow' })
    .type('text/html; charset=utf-8')
    .send(built ?? comingSoon)
}

const comingSoon = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>…</title>
<p>This page will be here in a few seconds.</p>
</html>
`
