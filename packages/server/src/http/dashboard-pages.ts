import fastifyStatic from '@fastify/static'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'

const folder = fileURLToPath(new URL('../../../dashboard/dist/', import.meta.url))
const buildScript = fileURLToPath(new URL('../../../dashboard/build.ts', import.meta.url))
const page = `${folder}index.html`

/**
 * Builds the dashboard in a process beside, unless it stands already: some seconds after a first start, and never again
 * until it changes. Until then its place says that it is coming.
 */
export function buildDashboard(deps: Pick<Deps, 'log'>): Promise<void> {
  return runBuild(deps, buildScript, 'the dashboard')
}

/** Runs a package's build in a process beside; the pages of one that is not there are not served. */
export function runBuild({ log }: Pick<Deps, 'log'>, script: string, what: string): Promise<void> {
  if (!existsSync(script)) return Promise.resolve()
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)))
    child.on('error', (error) => {
      log.error({ err: error }, `${what} could not be built`)
      resolve()
    })
    child.on('exit', (code) => {
      if (code !== 0) log.error({ said }, `${what} could not be built`)
      resolve()
    })
  })
}

/** Its files, and its one page under every address that is nobody else's. */
export async function serveDashboard(app: FastifyInstance, deps: Pick<Deps, 'config'>): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
  })
  const hidden = { schema: { hide: true } }
  app.get<{ Params: { '*': string } }>('/assets/*', hidden, (request, reply) =>
    // Their names hold the hash of what they are.
    reply.sendFile(`assets/${request.params['*']}`, { maxAge: '365d', immutable: true }),
  )
  app.get('/mark.svg', hidden, (_request, reply) => reply.sendFile('mark.svg', { maxAge: '1d' }))
  app.get('/', hidden, (_request, reply) => sendPage(deps, reply))
}

/** Whether somebody looks for a page, and not for something of the API's. */
export function looksForPage({ method, url, headers }: FastifyRequest): boolean {
  return (
    method === 'GET' &&
    !/^\/(api|assets|webhooks)\//.test(url) &&
    (headers.accept ?? '').includes('text/html')
  )
}

export async function sendPage({ config }: Pick<Deps, 'config'>, reply: FastifyReply): Promise<FastifyReply> {
  // Of the styles that a component adds.
  const nonce = randomBytes(16).toString('base64')
  const built = await readFile(page, 'utf8').catch(() => undefined)
  return reply
    .headers(pageHeaders(config, `'self' 'nonce-${nonce}'`))
    .type('text/html; charset=utf-8')
    .send((built ?? comingSoon).replaceAll('__NONCE__', nonce))
}

/**
 * What every page of ours says to the browser: scripts from our own files alone, nobody frames it, nothing keeps it, and
 * no address tells where from. `styles`: where styles may come from.
 */
export function pageHeaders(config: Deps['config'], styles = "'self'"): Record<string, string> {
  return {
    'content-security-policy': policy(styles),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(config.PUBLIC_URL.startsWith('https:')
      ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }
      : {}),
  }
}

function policy(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

const comingSoon = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>NovaBilling</title>
<style nonce="__NONCE__">
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; color: #1c2430; background: #fff }
  a { color: #0b5fff } code { background: #f2f4f7; padding: .1em .35em; border-radius: 4px }
  @media (prefers-color-scheme: dark) { body { color: #e6e9ee; background: #11151b } a { color: #7fb0ff } code { background: #1d232c } }
</style>
<h1>NovaBilling</h1>
<p>The server is running. Its dashboard is being built and will be here in a few seconds.</p>
<ul>
  <li><a href="/api/reference">API reference</a>, and its <a href="/api/openapi.json">OpenAPI document</a></li>
  <li>Guides: the folder <code>docs/</code> of the repository, from <code>docs/getting-started.md</code> on</li>
  <li><a href="/ready">Readiness</a> · <a href="/health">health</a></li>
</ul>
</html>
`
