import { rowsOf } from '../../db/batch.ts'
import type { Bound } from '../../db/statement.ts'
import type { Deps } from '../../deps.ts'
import { attempt } from './attempt.ts'
import { disable } from './disable.ts'
import {
  type LoadedDelivery,
  claimEndpoints,
  loadDeliveries,
  releaseEndpoints,
  renewLeases,
  saveHealth,
  saveOutcomes,
  streamHorizon,
} from './dispatch-sql.ts'
import { fanOut } from './fan-out.ts'
import { type Held, type Lane, adjustWindow, fencesOf, hold, lanes, roomsFor } from './held.ts'
import { deliveriesTotal, inFlight } from './metrics.ts'
import type { Outcome } from './outcome.ts'
import { type Sender, createSender } from './send.ts'

/** Longer than an attempt and the writing of its end together. */
const deliveryLeaseSeconds = 90
const endpointLeaseSeconds = 180
const renewBeforeMs = 90_000
/** A burst of changes makes one look into the stream, not one each. */
const lookEveryMs = 20
/** How long a server that stops waits for answers. */
const patienceMs = 5000

type Ended = { readonly held: Held; readonly outcome: Outcome }

/** One process's deliveries. A tick reads the stream and takes endpoints; the sending goes on beside it. */
export class Dispatcher {
  readonly #deps: Deps
  readonly #sender: Sender
  readonly #held = new Map<string, Held>()
  readonly #cuts = new Set<AbortController>()
  #ended: Ended[] = []
  #horizon = ''
  #lookedAtMs = 0
  #isPumping = false
  #isWanted = false
  #isStopping = false
  #settled: (() => void)[] = []

  constructor(deps: Deps) {
    this.#deps = deps
    this.#sender = createSender(deps.config.WEBHOOK_TARGETS)
  }

  /** Reads what is new in the stream, takes endpoints that have something due, and says whether there was any. */
  async tick(): Promise<boolean> {
    const { clock } = this.#deps
    await clock.sleep(Math.max(0, Math.min(lookEveryMs, this.#lookedAtMs + lookEveryMs - clock.nowMs())))
    this.#lookedAtMs = clock.nowMs()
    const read = await this.#readStream()
    const taken = (await this.#take('answering')) + (await this.#take('failing'))
    if (taken > 0) this.#pump()
    return read || taken > 0
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    if (this.#held.size === 0) return
    await new Promise<void>((resolve) => this.#settled.push(resolve))
  }

  /** Begins nothing more, waits a while for answers, and leaves what is still open to be sent again. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const over = new AbortController()
    await Promise.race([this.settle(), this.#deps.clock.sleep(patienceMs, over.signal)])
    over.abort()
    for (const cut of this.#cuts) cut.abort()
    await this.settle()
    this.#sender.close()
  }

  async #readStream(): Promise<boolean> {
    const [stream] = await this.#deps.workerDb.query(streamHorizon())
    const horizon = stream?.horizon ?? ''
    if (horizon === this.#horizon) return false
    const read = await fanOut(this.#deps)
    // When there was something there may be more.
    if (read === 0) this.#horizon = horizon
    return read > 0
  }

  async #take(lane: Lane): Promise<number> {
    const { clock, workerDb } = this.#deps
    const { endpoints, messages } = this.#loadOf(lane)
    const room = Math.min(lanes[lane].endpoints - endpoints, lanes[lane].messages - messages)
    if (room <= 0) return 0
    const now = clock.now()
    const lease = now.add({ seconds: endpointLeaseSeconds })
    const taken = await workerDb.query(claimEndpoints(now, lease, room, lane === 'failing'))
    for (const endpoint of taken) this.#held.set(endpoint.id, hold(endpoint, lane, lease))
    return taken.length
  }

  #loadOf(lane: Lane): { endpoints: number; messages: number } {
    const held = [...this.#held.values()].filter((one) => one.lane === lane)
    return { endpoints: held.length, messages: held.reduce((sum, { open }) => sum + open, 0) }
  }

  /** Takes turns as long as something ends meanwhile. */
  #pump(): void {
    this.#isWanted = true
    if (this.#isPumping) return
    this.#isPumping = true
    const run = async (): Promise<void> => {
      while (this.#isWanted) {
        this.#isWanted = false
        await this.#turn()
      }
    }
    run()
      .catch((error: unknown) => this.#drop(error))
      .finally(() => {
        this.#isPumping = false
        if (this.#isWanted) this.#pump()
        this.#report()
      })
  }

  /** The database is away: what is held is forgotten here, and free again for anyone when its leases end. */
  #drop(error: unknown): void {
    this.#deps.log.error({ err: error }, 'webhook deliveries are taken up again later')
    this.#isWanted = false
    this.#ended = []
    this.#held.clear()
    for (const cut of this.#cuts) cut.abort()
  }

  /** Writes what has ended and loads what is due, in one message; then sends it, and gives back whom nothing is left for. */
  async #turn(): Promise<void> {
    const { clock, workerDb } = this.#deps
    const now = clock.now()
    const ended = this.#ended.splice(0)
    const changed = judge(ended, now)
    const held = [...this.#held.values()]
    // Who has room for half of what he may have, so that a load is worth its way to the database.
    const asking = held.filter((one) => !this.#isOver(one) && one.open <= one.window / 2)
    const load = loadDeliveries(
      ...fencesOf(asking),
      roomsFor(asking, held),
      now,
      now.add({ seconds: deliveryLeaseSeconds }),
    )
    const bounds = [
      ...writesOf(ended, changed),
      ...this.#renewals(held, now),
      ...(asking.length > 0 ? [load] : []),
    ]
    const results = bounds.length > 0 ? await workerDb.send(bounds) : []
    const loaded = asking.length > 0 ? rowsOf(load, results.at(-1)) : []
    this.#sendAll(loaded)
    for (const { held: one, outcome } of ended) await this.#disableIfDead(one, outcome)
    await this.#giveBack(held.filter((one) => one.open === 0))
  }

  /** Whether an endpoint gets nothing more in our hands: switched off, or now of the other lane. */
  #isOver(held: Held): boolean {
    return this.#isStopping || held.isOff || (held.failingSince !== null) !== (held.lane === 'failing')
  }

  #renewals(held: readonly Held[], now: Temporal.Instant): Bound[] {
    const old = held.filter(({ leaseUntilMs }) => leaseUntilMs - now.epochMilliseconds < renewBeforeMs)
    if (old.length === 0) return []
    const lease = now.add({ seconds: endpointLeaseSeconds })
    for (const one of old) one.leaseUntilMs = lease.epochMilliseconds
    return [renewLeases(...fencesOf(old), lease)]
  }

  #sendAll(loaded: readonly LoadedDelivery[]): void {
    for (const delivery of loaded) {
      const held = this.#held.get(delivery.endpoint_id)
      // Without a time: given up, see loadDeliveries.
      if (!held || delivery.due_at === null) continue
      held.open++
      void this.#send(held, delivery)
    }
  }

  async #send(held: Held, delivery: LoadedDelivery): Promise<void> {
    const cut = new AbortController()
    this.#cuts.add(cut)
    const outcome = await attempt(this.#deps, this.#sender, { held, delivery, cut })
    this.#cuts.delete(cut)
    adjustWindow(held, outcome.result === 'succeeded')
    deliveriesTotal.inc({ outcome: outcome.result })
    this.#ended.push({ held, outcome })
    this.#pump()
  }

  async #disableIfDead(held: Held, outcome: Outcome): Promise<void> {
    const reason = held.isOff ? undefined : outcome.reasonToDisable(held.failingSince)
    if (reason === undefined) return
    held.isOff = true
    const { tenant_id: tenantId, environment_id: environmentId, environment_kind: kind, id } = held.endpoint
    await disable(this.#deps, { tenantId, environmentId, isTest: kind === 'TEST' }, id, reason)
  }

  async #giveBack(idle: readonly Held[]): Promise<void> {
    if (idle.length === 0) return
    await this.#deps.workerDb.query(releaseEndpoints(...fencesOf(idle)))
    for (const { endpoint } of idle) this.#held.delete(endpoint.id)
    // There may be others that waited for room.
    this.#deps.bells.ring('webhooks')
  }

  #report(): void {
    for (const lane of ['answering', 'failing'] as const)
      inFlight.set({ endpoints: lane }, this.#loadOf(lane).messages)
    if (this.#held.size > 0) return
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}

/** Takes note of what has ended, and gives the endpoints that fail now and did not, or the other way round. */
function judge(ended: readonly Ended[], now: Temporal.Instant): Held[] {
  const changed = new Set<Held>()
  for (const { held, outcome } of ended) {
    held.open--
    const isFailing = outcome.result !== 'succeeded'
    if (outcome.result === 'interrupted' || isFailing === (held.failingSince !== null)) continue
    held.failingSince = isFailing ? now : null
    changed.add(held)
  }
  return [...changed]
}

function writesOf(ended: readonly Ended[], changed: readonly Held[]): Bound[] {
  const outcomes = ended.map(({ outcome }) => outcome)
  const bounds: Bound[] = []
  if (outcomes.length > 0) {
    bounds.push(
      saveOutcomes(
        outcomes.map(({ delivery }) => delivery.environment_id),
        outcomes.map(({ delivery }) => delivery.id),
        outcomes.map(({ delivery }) => delivery.attempt),
        outcomes.map(({ status }) => status),
        outcomes.map(({ dueAt }) => dueAt),
        outcomes.map(({ record }) => JSON.stringify(record)),
        outcomes.map(({ result }) => (result === 'interrupted' ? 1 : 0)),
      ),
    )
  }
  if (changed.length > 0) {
    const since = changed.map(({ failingSince }) => failingSince)
    bounds.push(saveHealth(...fencesOf(changed), since))
  }
  return bounds
}
