import { type ChildProcess, fork } from 'node:child_process'
import { Refusal } from '../refusal.ts'
import type { ElectronicInvoice } from './electronic-invoice.ts'
import type { InvoiceDocument, Logo } from './invoice-document.ts'
import { logoDanger } from './logo.ts'
import type { Rendered, Wanted } from './render-process.ts'

type Job = {
  readonly wanted: Wanted
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (reason: Error) => void
}

/** Sets documents. `close` refuses what still waits and ends the process that sets them. */
export type Renderer = {
  readonly render: (document: InvoiceDocument) => Promise<Uint8Array>
  readonly renderUbl: (invoice: ElectronicInvoice) => Promise<Uint8Array>
  readonly renderFacturX: (document: InvoiceDocument, invoice: ElectronicInvoice) => Promise<Uint8Array>
  /** Whether a logo can be drawn. */
  readonly draws: (logo: Logo) => Promise<boolean>
  readonly close: () => void
}

/**
 * A renderer with a process of its own, which starts with the first document and lets this one end when it is idle.
 * A process and no thread: the compiler is native code, which cannot be interrupted, and takes its whole process with
 * it where a hostile picture exhausts the stack or the memory; and it gets no secret of ours in its environment. One,
 * because a document is a few milliseconds of pure work: more would only take cores from the requests.
 *
 * A document that takes longer than `timeoutMs` or ends the process is set again without its logo, if it has one, and
 * fails otherwise; the next gets a fresh process. More than `mostWaiting` are refused as `overloaded`.
 */
export function createRenderer({ mostWaiting = 500, timeoutMs = 20_000 } = {}): Renderer {
  const waiting: Job[] = []
  let child: ChildProcess | null = null
  let running: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null

  function start(): ChildProcess {
    const started = fork(new URL('render-process.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [],
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.on('message', (rendered) => {
      const answer = rendered as Rendered // our own process, see render-process.ts
      if (started !== child) return
      settle((job) => {
        if ('bytes' in answer) job.resolve(answer.bytes)
        else job.reject(new Error(`a document could not be set: ${answer.fault}`))
      })
    })
    started.on('error', (reason) => lose(started, reason))
    started.on('exit', (code, signal) =>
      lose(started, new Error(`the process that sets documents ended with ${code ?? signal}`)),
    )
    return started
  }

  function lose(lost: ChildProcess, reason: Error): void {
    if (lost !== child) return
    child = null
    lost.kill('SIGKILL')
    settle((job) => {
      const { wanted } = job
      if ('document' in wanted && wanted.document.logo) {
        waiting.unshift({ ...job, wanted: { ...wanted, document: { ...wanted.document, logo: null } } })
      } else job.reject(reason)
    })
  }

  function settle(finish: (job: Job) => void): void {
    if (running) {
      const { job, timer } = running
      clearTimeout(timer)
      running = null
      finish(job)
    }
    next()
  }

  function next(): void {
    if (running) return
    const job = waiting.shift()
    if (!job) {
      child?.unref()
      child?.channel?.unref()
      return
    }
    const busy = (child ??= start())
    busy.ref()
    busy.channel?.ref()
    const timer = setTimeout(
      () => lose(busy, new Error(`a document took longer than ${timeoutMs} ms`)),
      timeoutMs,
    )
    running = { job, timer }
    busy.send(job.wanted, (fault) => {
      if (fault) lose(busy, fault)
    })
  }

  function ask(wanted: Wanted): Promise<Uint8Array> {
    if (waiting.length >= mostWaiting) return Promise.reject(new Refusal('overloaded'))
    return new Promise((resolve, reject) => {
      waiting.push({ wanted, resolve, reject })
      next()
    })
  }

  return {
    render: (document) => ask({ kind: 'pdf', document }),
    renderUbl: (invoice) => ask({ kind: 'ubl', invoice }),
    renderFacturX: (document, invoice) => ask({ kind: 'factur-x', document, invoice }),
    draws: async (logo) => {
      try {
        return (await ask({ kind: 'logo', logo })).length > 0
      } catch (error) {
        if (error instanceof Refusal) throw error
        return false
      }
    },
    close: () => {
      for (const job of waiting.splice(0)) job.reject(new Refusal('overloaded'))
      if (running) {
        clearTimeout(running.timer)
        running.job.reject(new Refusal('overloaded'))
        running = null
      }
      const ending = child
      child = null
      ending?.kill('SIGKILL')
    },
  }
}

const shared = createRenderer()
// A process apart, so that a picture made to hurt keeps no invoice waiting.
const logos = createRenderer({ mostWaiting: 20, timeoutMs: 3000 })

/**
 * What is wrong with a logo, to go on from its name; `null` where it can be drawn on documents. Refuses as `overloaded`
 * (503) when 20 wait to be looked at.
 */
export async function logoFault(logo: Logo): Promise<string | null> {
  const danger = logoDanger(logo)
  if (danger !== null) return danger
  return (await logos.draws(logo)) ? null : 'must be a picture that can be drawn'
}

/**
 * The PDF (PDF/A-3a, tagged) of an invoice or a credit note. The same document gives the same bytes, in any zone and
 * on any machine of a release. Nothing is loaded before the first call, which takes about 0.3 s; later ones take
 * milliseconds, off the event loop. Refuses as `overloaded` (503) when 500 wait, and throws on a malformed day,
 * decimal or currency; a logo that cannot be drawn is left out.
 */
export function renderInvoicePdf(document: InvoiceDocument): Promise<Uint8Array> {
  return shared.render(document)
}

/** An invoice as UBL 2.1, in UTF-8. It is written in the same process, which alone loads the library for it. */
export function renderInvoiceUbl(invoice: ElectronicInvoice): Promise<Uint8Array> {
  return shared.renderUbl(invoice)
}

/**
 * A Factur-X of the profile EN 16931: the PDF of a document, and within it the same as XML (CII). The same two give the
 * same bytes.
 */
export function renderFacturX(document: InvoiceDocument, invoice: ElectronicInvoice): Promise<Uint8Array> {
  return shared.renderFacturX(document, invoice)
}
