import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { command } from '../db/statement.ts'
import type { KeyPrincipal } from './principals.ts'
import { refusedAs } from './problems.ts'
import { UtcDay } from './utc-day.ts'

const recordRoutes = command(
  'request_journal.record_routes',
  `select record_key_routes($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::smallint[], $6::bigint[])`,
)
const recordRequests = command(
  'request_journal.record_requests',
  `select record_requests($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::timestamptz[], $6::uuid[], $7::text[],
     $8::text[], $9::text[], $10::smallint[], $11::text[], $12::integer[], $13::text[])`,
)

/** What is kept of a tenant between two writes, one by one; refusals may take twice the room. The rest is counted. */
const keptAtOnce = 50
const longestPath = 300

type Count = {
  tenantId: string
  keyId: string
  day: string
  operation: string
  status: number
  requests: number
}
type Entry = {
  tenantId: string
  environmentId: string
  keyId: string
  id: string
  atMs: number
  day: string
  method: string
  path: string
  operation: string
  status: number
  code: string | null
  durationMs: number
  ip: string
}

/**
 * What each key asks for and how it ends: counted by day, route and status, and kept one by one for a week, as far as
 * the room goes. It is gathered in memory and written now and then, so that a request pays nothing for it; what a killed
 * process had not written yet is lost.
 */
export class RequestJournal {
  readonly #deps: Pick<Deps, 'clock' | 'db'>
  #counts = new Map<string, Count>()
  #entries: Entry[] = []
  #kept = new Map<string, number>()
  readonly #days = new UtcDay()

  constructor(deps: Pick<Deps, 'clock' | 'db'>) {
    this.#deps = deps
  }

  record(operation: string, principal: KeyPrincipal, request: FastifyRequest, reply: FastifyReply): void {
    const atMs = this.#deps.clock.nowMs()
    const { tenantId, keyId, environmentId } = principal
    const status = reply.statusCode
    const day = this.#days.of(atMs)
    this.#count({ tenantId, keyId, day, operation, status, requests: 1 })
    const kept = this.#kept.get(tenantId) ?? 0
    if (kept >= (status < 400 ? keptAtOnce : 2 * keptAtOnce)) return
    this.#kept.set(tenantId, kept + 1)
    const path = request.url.split('?', 1)[0] ?? ''
    this.#entries.push({
      tenantId,
      environmentId,
      keyId,
      id: request.id,
      atMs,
      day,
      method: request.method,
      path: path.slice(0, longestPath),
      operation,
      status,
      code: refusedAs(request) ?? null,
      durationMs: Math.round(reply.elapsedTime),
      ip: request.ip,
    })
  }

  /** Writes down what was gathered. Counts that could not be written are kept for the next time. */
  async flush(): Promise<void> {
    const counts = [...this.#counts.values()]
    const entries = this.#entries
    if (counts.length === 0) return
    this.#counts = new Map()
    this.#entries = []
    this.#kept = new Map()
    try {
      await this.#deps.db.query(
        recordRoutes(
          counts.map((one) => one.tenantId),
          counts.map((one) => one.keyId),
          counts.map((one) => one.day),
          counts.map((one) => one.operation),
          counts.map((one) => one.status),
          counts.map((one) => one.requests),
        ),
      )
    } catch (error) {
      for (const count of counts) this.#count(count)
      throw error
    }
    if (entries.length === 0) return
    await this.#deps.db.query(
      recordRequests(
        entries.map((one) => one.tenantId),
        entries.map((one) => one.environmentId),
        entries.map((one) => one.id),
        entries.map((one) => one.day),
        entries.map((one) => Temporal.Instant.fromEpochMilliseconds(one.atMs)),
        entries.map((one) => one.keyId),
        entries.map((one) => one.method),
        entries.map((one) => one.path),
        entries.map((one) => one.operation),
        entries.map((one) => one.status),
        entries.map((one) => one.code),
        entries.map((one) => one.durationMs),
        entries.map((one) => one.ip),
      ),
    )
  }

  #count(count: Count): void {
    const slot = `${count.keyId} ${count.day} ${count.operation} ${count.status}`
    const known = this.#counts.get(slot)
    if (known) known.requests += count.requests
    else this.#counts.set(slot, count)
  }
}
