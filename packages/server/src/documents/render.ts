import { Worker } from 'node:worker_threads'
import { Refusal } from '../refusal.ts'
import type { InvoiceDocument } from './invoice-document.ts'
import type { Rendered } from './render-worker.ts'

type Job = {
  readonly document: InvoiceDocument
  readonly resolve: (pdf: Uint8Array) => void
  readonly reject: (reason: Error) => void
}

/** Sets documents. `close` refuses what still waits and ends the thread. */
export type Renderer = {
  readonly render: (document: InvoiceDocument) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/**
 * A renderer with a thread of its own, which starts with the first document and lets the process end when it is idle.
 * One thread, because a document is a few milliseconds of pure work: more would only take cores from the requests.
 * A document that takes longer than `timeoutMs` (a hostile logo) loses its thread, the next one gets a fresh one;
 * more than `mostWaiting` are refused as `overloaded`.
 */
export function createRenderer({ mostWaiting = 500, timeoutMs = 20_000 } = {}): Renderer {
  const waiting: Job[] = []
  let worker: Worker | null = null
  let running: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null

  function start(): Worker {
    const started = new Worker(new URL('render-worker.ts', import.meta.url), { name: 'documents' })
    started.on('message', (rendered: Rendered) => {
      if (started !== worker) return
      finish((job) => {
        if ('pdf' in rendered) job.resolve(rendered.pdf)
        else job.reject(new Error(`a document could not be set: ${rendered.fault}`))
      })
    })
    started.on('error', (reason) =>
      lose(started, reason instanceof Error ? reason : new Error(String(reason))),
    )
    started.on('exit', (code) =>
      lose(started, new Error(`the thread that sets documents ended with ${code}`)),
    )
    return started
  }

  function lose(lost: Worker, reason: Error): void {
    if (lost !== worker) return
    worker = null
    finish((job) => job.reject(reason))
  }

  function finish(settle: (job: Job) => void): void {
    if (running) {
      clearTimeout(running.timer)
      settle(running.job)
      running = null
    }
    next()
  }

  function next(): void {
    if (running) return
    const job = waiting.shift()
    if (!job) {
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    const timer = setTimeout(() => {
      const stuck = worker
      if (!stuck) return
      lose(stuck, new Error(`a document took longer than ${timeoutMs} ms`))
      void stuck.terminate()
    }, timeoutMs)
    running = { job, timer }
    worker.postMessage(job.document, [])
  }

  return {
    render: (document) => {
      if (waiting.length >= mostWaiting) return Promise.reject(new Refusal('overloaded'))
      return new Promise((resolve, reject) => {
        waiting.push({ document, resolve, reject })
        next()
      })
    },
    close: async () => {
      for (const job of waiting.splice(0)) job.reject(new Refusal('overloaded'))
      const ending = worker
      if (!ending) return
      lose(ending, new Refusal('overloaded'))
      await ending.terminate()
    },
  }
}

const shared = createRenderer()

/**
 * The PDF (PDF/A-3a, tagged) of an invoice or a credit note. The same document gives the same bytes, in any process,
 * zone and on any machine. Nothing is loaded before the first call, which takes about 0.3 s; later ones take
 * milliseconds, off the event loop. Refuses as `overloaded` (503) when 500 wait, and throws on a malformed day, decimal
 * or currency; a logo that cannot be read is left out.
 */
export function renderInvoicePdf(document: InvoiceDocument): Promise<Uint8Array> {
  return shared.render(document)
}
