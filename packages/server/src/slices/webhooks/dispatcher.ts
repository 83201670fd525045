import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { disable } from './disable.ts'
import {
  type ClaimedEndpoint,
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
import { deliveriesTotal, deliverySeconds, inFlight } from './metrics.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { environmentLabel, payloadOf } from './payload.ts'
import { type Reply, type Sender, createSender } from './send.ts'
import { secretPlace, signatureHeaders } from './sign.ts'

/** How long an endpoint may take to answer. */
const answerWithinMs = 30_000
/** Longer than an attempt and the writing of its end together. */
const deliveryLeaseSeconds = 90
const endpointLeaseSeconds = 180
const renewBeforeMs = 90_000
/** A burst of changes makes one look into the stream, not one each. */
const lookEveryMs = 20
/** How long a server that stops waits for answers. */
const patienceMs = 5000

/**
 * What is on its way at once. Endpoints that fail have a lane of their own, so however many they are, and however long
 * they let us wait, those that answer have theirs.
 */
const lanes = {
  answering: { messages: 512, endpoints: 256 },
  failing: { messages: 128, endpoints: 128 },
}
type Lane = keyof typeof lanes

/** To one endpoint: it begins with a few, gets more with each answer, and falls back to one when it fails. */
const firstWindow = 4
const widestWindow = 64

type Secret = { readonly text: string; readonly until: Temporal.Instant | null }

/** An endpoint that this process works for. */
type Held = {
  readonly endpoint: ClaimedEndpoint
  /** Opened when they are first needed. */
  secrets?: readonly Secret[]
  readonly label: string
  readonly lane: Lane
  failingSince: Temporal.Instant | null
  window: number
  /** On their way, and answered but not yet written down. */
  open: number
  leaseUntilMs: number
  isOff: boolean
}

/** One process's deliveries. A tick reads the stream and takes endpoints; the sending goes on beside it. */
export class Dispatcher {
  readonly #deps: Deps
  readonly #sender: Sender
  readonly #held = new Map<string, Held>()
  readonly #cuts = new Set<AbortController>()
  #ended: { held: Held; outcome: Outcome }[] = []
  #horizon = ''
  #lookedAtMs = 0
  #isPumping = false
  #isWanted = false
  #isStopping = false
  #settled: (() => void)[] = []

  constructor(deps: Deps, sender: Sender = createSender(deps.config.WEBHOOK_TARGETS)) {
    this.#deps = deps
    this.#sender = sender
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
    const { deps, limits, used } = this.#state(lane)
    const room = Math.min(limits.endpoints - used.endpoints, limits.messages - used.messages)
    if (room <= 0) return 0
    const now = deps.clock.now()
    const lease = now.add({ seconds: endpointLeaseSeconds })
    const taken = await deps.workerDb.query(claimEndpoints(now, lease, room, lane === 'failing'))
    for (const endpoint of taken) this.#held.set(endpoint.id, this.#hold(endpoint, lane, lease))
    return taken.length
  }

  #state(lane: Lane) {
    const held = [...this.#held.values()].filter((one) => one.lane === lane)
    const messages = held.reduce((sum, { open }) => sum + open, 0)
    return { deps: this.#deps, limits: lanes[lane], used: { endpoints: held.length, messages } }
  }

  #hold(endpoint: ClaimedEndpoint, lane: Lane, lease: Temporal.Instant): Held {
    return {
      endpoint,
      label: environmentLabel({
        id: endpoint.environment_id,
        kind: endpoint.environment_kind,
        name: endpoint.environment_name,
      }),
      lane,
      failingSince: endpoint.failing_since,
      window: lane === 'failing' ? 1 : firstWindow,
      open: 0,
      leaseUntilMs: lease.epochMilliseconds,
      isOff: false,
    }
  }

  /** Writes what has ended, loads what is due, gives back what has nothing left; again as long as something ends meanwhile. */
  #pump(): void {
    this.#isWanted = true
    if (this.#isPumping) return
    this.#isPumping = true
    const run = async (): Promise<void> => {
      while (this.#isWanted) {
        this.#isWanted = false
        await this.#write()
        await this.#load()
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

  async #write(): Promise<void> {
    const ended = this.#ended.splice(0)
    if (ended.length === 0) return
    await this.#deps.workerDb.query(
      saveOutcomes(
        ended.map(({ outcome }) => outcome.delivery.environment_id),
        ended.map(({ outcome }) => outcome.delivery.id),
        ended.map(({ outcome }) => outcome.delivery.attempt),
        ended.map(({ outcome }) => outcome.status),
        ended.map(({ outcome }) => outcome.dueAt),
        ended.map(({ outcome }) => JSON.stringify(outcome.record)),
        ended.map(({ outcome }) => (outcome.result === 'interrupted' ? 1 : 0)),
      ),
    )
    for (const { held } of ended) held.open--
    await this.#writeHealth(ended)
  }

  async #writeHealth(ended: readonly { held: Held; outcome: Outcome }[]): Promise<void> {
    const changed = new Set<Held>()
    for (const { held, outcome } of ended) {
      if (outcome.result === 'interrupted') continue
      const isFailing = outcome.result !== 'succeeded'
      if (isFailing === (held.failingSince !== null)) continue
      held.failingSince = isFailing ? this.#deps.clock.now() : null
      changed.add(held)
    }
    if (changed.size > 0) {
      const all = [...changed]
      await this.#deps.workerDb.query(
        saveHealth(
          ...fencesOf(all),
          all.map(({ failingSince }) => failingSince),
        ),
      )
    }
    for (const { held, outcome } of ended) await this.#disableIfDead(held, outcome)
  }

  async #disableIfDead(held: Held, outcome: Outcome): Promise<void> {
    const reason = held.isOff ? undefined : outcome.reasonToDisable(held.failingSince)
    if (reason === undefined) return
    held.isOff = true
    const { tenant_id: tenantId, environment_id: environmentId, environment_kind: kind, id } = held.endpoint
    await disable(this.#deps, { tenantId, environmentId, isTest: kind === 'TEST' }, id, reason)
  }

  async #load(): Promise<void> {
    const { clock, workerDb } = this.#deps
    const now = clock.now()
    const held = [...this.#held.values()]
    const old = held.filter(({ leaseUntilMs }) => leaseUntilMs - now.epochMilliseconds < renewBeforeMs)
    if (old.length > 0) {
      const lease = now.add({ seconds: endpointLeaseSeconds })
      await workerDb.query(renewLeases(...fencesOf(old), lease))
      for (const one of old) one.leaseUntilMs = lease.epochMilliseconds
    }

    // Who has room for half of what he may have, so that a load is worth its way to the database.
    const asking = held.filter((one) => !this.#isOver(one) && one.open <= one.window / 2)
    const rooms = this.#roomsFor(asking)
    const loaded =
      asking.length === 0
        ? []
        : await workerDb.query(
            loadDeliveries(...fencesOf(asking), rooms, now, now.add({ seconds: deliveryLeaseSeconds })),
          )
    const byEndpoint = Map.groupBy(
      loaded.filter(({ due_at }) => due_at !== null),
      ({ endpoint_id }) => endpoint_id,
    )
    for (const one of asking) {
      for (const delivery of byEndpoint.get(one.endpoint.id) ?? []) this.#send(one, delivery)
    }

    const idle = held.filter((one) => one.open === 0)
    if (idle.length === 0) return
    await workerDb.query(releaseEndpoints(...fencesOf(idle)))
    for (const one of idle) this.#held.delete(one.endpoint.id)
    // There may be more that waited for room.
    this.#deps.bells.ring('webhooks')
  }

  /** Whether an endpoint gets nothing more in this turn: switched off, or now of the other lane. */
  #isOver(held: Held): boolean {
    return this.#isStopping || held.isOff || (held.failingSince !== null) !== (held.lane === 'failing')
  }

  #roomsFor(asking: readonly Held[]): number[] {
    const left = { answering: 0, failing: 0 }
    for (const lane of ['answering', 'failing'] as const) {
      const { limits, used } = this.#state(lane)
      left[lane] = limits.messages - used.messages
    }
    return asking.map((one) => {
      const room = Math.max(0, Math.min(one.window - one.open, left[one.lane]))
      left[one.lane] -= room
      return room
    })
  }

  #send(held: Held, delivery: LoadedDelivery): void {
    held.open++
    void this.#conclude(held, delivery)
  }

  async #conclude(held: Held, delivery: LoadedDelivery): Promise<void> {
    const outcome = await this.#attempt(held, delivery)
    held.window = outcome.result === 'succeeded' ? Math.min(widestWindow, held.window + 1) : 1
    deliveriesTotal.inc({ outcome: outcome.result })
    this.#ended.push({ held, outcome })
    this.#pump()
  }

  async #attempt(held: Held, delivery: LoadedDelivery): Promise<Outcome> {
    const { clock } = this.#deps
    const at = clock.now()
    const cut = new AbortController()
    const answered = new AbortController()
    this.#cuts.add(cut)
    let isLate = false
    const expire = async (): Promise<void> => {
      await clock.sleep(answerWithinMs, answered.signal)
      if (answered.signal.aborted) return
      isLate = true
      cut.abort()
    }
    void expire()
    const started = performance.now()
    const reply = await this.#post(held, delivery, at, cut.signal)
    const durationMs = Math.round(performance.now() - started)
    answered.abort()
    this.#cuts.delete(cut)
    deliverySeconds.observe(durationMs / 1000)
    const isInterrupted = cut.signal.aborted && !isLate && reply.status === null
    return outcomeOf({ delivery, reply, at, durationMs, now: clock.now(), isInterrupted })
  }

  /** Never throws: what cannot be sent for a reason of ours fails by itself, and stops nothing else. */
  async #post(
    held: Held,
    delivery: LoadedDelivery,
    at: Temporal.Instant,
    signal: AbortSignal,
  ): Promise<Reply> {
    try {
      const id = publicId('event', delivery.event_id)
      const body = payloadOf({ ...delivery, id: delivery.event_id }, held.label)
      held.secrets ??= secretsOf(this.#deps, held.endpoint)
      const secrets = held.secrets
        .filter(({ until }) => until === null || Temporal.Instant.compare(at, until) < 0)
        .map(({ text }) => text)
      const headers = signatureHeaders({ id, body, at, secrets })
      return await this.#sender.post({ url: held.endpoint.url, headers, body }, signal)
    } catch (error) {
      this.#deps.log.error({ err: error, delivery: delivery.id }, 'a webhook could not be sent')
      return { status: null, error: 'It could not be sent for a reason of ours.' }
    }
  }

  #report(): void {
    for (const lane of ['answering', 'failing'] as const)
      inFlight.set({ endpoints: lane }, this.#state(lane).used.messages)
    if (this.#held.size > 0) return
    for (const resolve of this.#settled.splice(0)) resolve()
  }
}

/** The newest first. */
function secretsOf({ sealer }: Deps, endpoint: ClaimedEndpoint): Secret[] {
  const place = secretPlace(endpoint.environment_id, endpoint.id)
  const { previous_secret_sealed: previous, previous_secret_until: until } = endpoint
  const newest = { text: sealer.open(endpoint.secret_sealed, place), until: null }
  return previous === null ? [newest] : [newest, { text: sealer.open(previous, place), until }]
}

function fencesOf(held: readonly Held[]): [string[], string[], number[]] {
  return [
    held.map(({ endpoint }) => endpoint.environment_id),
    held.map(({ endpoint }) => endpoint.id),
    held.map(({ endpoint }) => endpoint.attempt),
  ]
}
