import { request as httpRequest, Agent } from 'node:http'

export type Load = {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
}

/**
 * Asks again and again over so many connections for so long, and says how often it was answered and how fast.
 * The client is Node's own, in the same process or another: it is the same for both sides of a comparison.
 */
export async function load(options: {
  url: string
  method: 'GET' | 'POST'
  headers: (count: number) => Record<string, string>
  body?: (count: number) => string
  connections: number
  durationMs: number
}): Promise<Load> {
  const { hostname, port, pathname } = new URL(options.url)
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  const times: number[] = []
  let failures = 0
  let count = 0
  const started = performance.now()
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const number = count++
      const body = options.body?.(number)
      const sent = performance.now()
      const request = httpRequest(
        {
          hostname,
          port,
          path: pathname,
          method: options.method,
          agent,
          headers: {
            ...options.headers(number),
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          },
        },
        (response) => {
          if ((response.statusCode ?? 500) >= 300) failures++
          response.resume()
          response.on('end', () => {
            times.push(performance.now() - sent)
            resolve()
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  const lane = async (): Promise<void> => {
    while (performance.now() - started < options.durationMs) await ask()
  }
  await Promise.all(Array.from({ length: options.connections }, lane))
  const seconds = (performance.now() - started) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failures }
}

/**
 * Asks at a steady rate, whether earlier answers are there or not, so that a slow answer does not slow the asking. Times
 * count from the instant at which the request was due.
 */
export async function paced(options: {
  url: string
  method: 'GET' | 'POST'
  headers: (count: number) => Record<string, string>
  body: (count: number) => string
  perSecond: number
  durationMs: number
}): Promise<Load> {
  const { hostname, port, pathname } = new URL(options.url)
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const times: number[] = []
  let failures = 0
  const started = performance.now()
  const ask = (count: number, dueMs: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const body = options.body(count)
      const headers = {
        ...options.headers(count),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }
      const request = httpRequest({ hostname, port, path: pathname, method: options.method, agent, headers })
      request.on('response', (response) => {
        if ((response.statusCode ?? 500) >= 300) failures++
        response.resume()
        response.on('end', () => {
          times.push(performance.now() - started - dueMs)
          resolve()
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  const asked: Promise<void>[] = []
  for (let count = 0; ;) {
    const passedMs = performance.now() - started
    if (passedMs >= options.durationMs) break
    for (; (count * 1000) / options.perSecond <= passedMs; count++) {
      asked.push(ask(count, (count * 1000) / options.perSecond))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(asked)
  const seconds = (performance.now() - started) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failures }
}
