import { type Server, type ServerResponse, createServer } from 'node:http'
import type { Deps } from '../../deps.ts'
import { type Letter, type Sender, asText } from './letter.ts'
import { asHtml, forBrowser } from './render.ts'

/** A mail that nobody was sent. */
type Caught = {
  readonly recipient: string
  readonly letter: Letter
  readonly sender: Sender
  readonly files: readonly string[]
  readonly at: Temporal.Instant
}

const mostKept = 200
const boxes = new WeakMap<Deps, { first: number; mails: Caught[] }>()

function boxOf(deps: Deps): { first: number; mails: Caught[] } {
  const known = boxes.get(deps)
  if (known) return known
  const made = { first: 0, mails: [] }
  boxes.set(deps, made)
  return made
}

/** Keeps a mail for the catcher's page, if there is one: in this process's memory, since it may carry a token. */
export function catchMail(deps: Deps, mail: Omit<Caught, 'at'>): void {
  if (deps.config.MAIL_CATCHER_PORT === 0) return
  const box = boxOf(deps)
  box.mails.push({ ...mail, at: deps.clock.now() })
  if (box.mails.length <= mostKept) return
  box.mails.shift()
  box.first++
}

/**
 * Shows the mails that were caught, on a port of the loopback address. They carry links that sign in, so whoever came
 * by another name, as a page that has turned its own name to this machine would, sees nothing.
 */
export function serveCatcher(deps: Deps, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    if (host !== 'localhost' && host !== '127.0.0.1') return void response.writeHead(403).end()
    answer(deps, request.url ?? '/', response).catch((error: unknown) => {
      deps.log.error({ err: error }, 'the page of a caught mail could not be made')
      response.writeHead(500).end()
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

async function answer(deps: Deps, url: string, response: ServerResponse): Promise<void> {
  const { first, mails } = boxOf(deps)
  const [, number, part] = /^\/(\d+)(\/html)?$/.exec(url) ?? []
  const mail = number === undefined ? undefined : mails[Number(number) - first]
  if (url !== '/' && !mail) return void response.writeHead(404).end()
  // What is shown runs nothing and loads nothing, whatever stands in it; links open beside it.
  const policy = part
    ? "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    : "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
  response.setHeader('content-security-policy', policy)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  if (!mail || number === undefined) return void response.end(listPage(first, mails))
  response.end(part ? await htmlOf(mail) : mailPage(Number(number), mail))
}

async function htmlOf({ letter, sender }: Caught): Promise<string> {
  const { html, picture } = await asHtml(letter, sender)
  return forBrowser(html, picture).replace('<head>', '<head><base target="_blank">')
}

function listPage(first: number, mails: readonly Caught[]): string {
  const rows = mails
    .map(
      ({ letter, recipient, at }, index) =>
        `<tr><td>${at.toString().slice(0, 19).replace('T', ' ')}</td><td>${escape(recipient)}</td><td><a href="/${first + index}">${escape(letter.subject)}</a></td></tr>`,
    )
    .toReversed()
  const body =
    rows.length === 0
      ? '<p>No mail yet. Those of test environments, and all where there is no mail server, are shown here as they come.</p>'
      : `<table><tr><th>Time (UTC)</th><th>To</th><th>Subject</th></tr>${rows.join('')}</table>`
  return page('Caught mails', `<h1>Caught mails</h1>${body}`)
}

function mailPage(number: number, { letter, recipient, sender, files }: Caught): string {
  const attached = files.length === 0 ? '' : `<p>Attached: ${files.map(escape).join(', ')}</p>`
  return page(
    letter.subject,
    `<p><a href="/">All mails</a></p><h1>${escape(letter.subject)}</h1>
<p>From ${escape(sender.name)} to ${escape(recipient)}</p>${attached}
<iframe src="/${number}/html" sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail as HTML"></iframe>
<h2>As text</h2><pre dir="${letter.isRightToLeft ? 'rtl' : 'ltr'}">${escape(asText(letter))}</pre>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>
<style>
body{margin:24px auto;max-width:860px;padding:0 16px;color:#1c2430;font:15px/1.5 system-ui,sans-serif}
h1{font-size:22px}h2{font-size:16px}a{color:#0b5fff}
table{width:100%;border-collapse:collapse}th,td{padding:8px;text-align:start;border-bottom:1px solid #e3e7ec}
iframe{width:100%;height:640px;border:1px solid #e3e7ec;border-radius:8px}
pre{padding:16px;background:#f2f4f7;border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
</style></head><body>${body}</body></html>`
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
