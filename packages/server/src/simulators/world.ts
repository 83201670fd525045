import type { Clock } from '../clock.ts'

/** A call that came in, read whole. */
export type Ask = {
  readonly method: string
  /** Behind the provider's own prefix. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}
export type Reply = {
  readonly status: number
  readonly body: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What becomes of a payment that the payer's bank asks back. */
export type DisputeState = 'open' | 'won' | 'lost'

/** One provider's protocol. */
export type Simulated = {
  readonly name: string
  /** Its calls are told by it. */
  readonly prefix: string
  /** What its address is, behind ours. */
  readonly address: string
  readonly answer: (world: World, ask: Ask) => Reply | Promise<Reply>
  /** Opens a dispute over a payment, or says how it ended. */
  readonly dispute?: (world: World, reference: string, state: DisputeState) => void
  /** What a call is about, for faults that are meant for it; its path unless said otherwise. */
  readonly actionOf?: (ask: Ask) => string
}

/**
 * What goes wrong with the next calls. `drop_before`: the connection breaks before anything is done. `drop_after`: it
 * breaks when all is done. `busy`: 429. `error`: 500, nothing done; `stored_error`:
 * the same, and Stripe answers it again under the idempotency key. `other_amount`: more is captured than was asked for, `other_currency`: in
 * another currency, `other_reference`: for somebody else, as it says when it is asked.
 * `hold_before`: the call has arrived, and nothing is done before the held calls are let go; `hold_after`: all is done, and
 * the answer waits for it.
 */
export type Fault = {
  readonly provider: string
  readonly kind:
    | 'drop_before'
    | 'drop_after'
    | 'busy'
    | 'error'
    | 'stored_error'
    | 'other_amount'
    | 'other_currency'
    | 'other_reference'
    | 'hold_before'
    | 'hold_after'
  /** Only for calls whose path, or path and action, begins so. */
  readonly path?: string
  /** With `busy`: for how many seconds it wants to be left alone. */
  readonly retryAfter?: number
}

/** How notices are sent: after the answer, and once, unless said otherwise. */
export type Delivery = 'once' | 'ten_times' | 'never' | 'wrong_signature' | 'before_answer'

/** What a customer may do on a page, or on the phone. */
export const choices = ['succeed', 'insufficient_funds', 'declined', 'cancel'] as const
export type Choice = (typeof choices)[number]

/** A page that a customer pays on. */
export type Page = {
  readonly title: string
  readonly amount: string
  /** Does what was chosen, and gives where the browser goes. */
  readonly choose: (choice: Choice) => string
}

/** Money that moved, in the provider's own unit. */
export type Movement = {
  readonly provider: string
  readonly kind: 'charge' | 'refund'
  readonly reference: string
  readonly units: string
  readonly currency: string
}

/** A message to a merchant. `send` is given what makes it genuine. */
export type Message = {
  readonly provider: string
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly type: string
  readonly body: string
  readonly signed: (options: { wrongly: boolean }) => Readonly<Record<string, string>>
}

/** Everything the simulators remember: of one process, until it ends. */
export class World {
  readonly clock: Clock
  /** Set when it listens. */
  origin = ''
  readonly faults: Fault[] = []
  readonly pages = new Map<string, Page>()
  /** The page of the last prompt on each phone. */
  readonly prompts = new Map<string, string>()
  readonly movements: Movement[] = []
  /** Where a merchant hears of things whose address is set at the provider's own site: by provider and secret. */
  readonly addresses = new Map<string, string>()
  delivery: Delivery = 'once'
  readonly #stores = new Map<string, Map<string, unknown>>()
  readonly #sending = new Set<Promise<unknown>>()
  readonly #held: (() => void)[] = []
  #onHeld: (() => void)[] = []
  #afterAnswer: (() => void)[] = []
  #last = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Ids that are the same in every run. */
  next(): number {
    return ++this.#last
  }

  /** A named collection of one provider's things. */
  store<T>(name: string): Map<string, T> {
    const found = this.#stores.get(name) ?? new Map<string, unknown>()
    this.#stores.set(name, found)
    return found as Map<string, T>
  }

  /** Takes the first fault that fits a call. */
  takeFault(provider: string, path: string, kinds: readonly Fault['kind'][]): Fault | undefined {
    const index = this.faults.findIndex(
      (fault) =>
        fault.provider === provider && kinds.includes(fault.kind) && path.startsWith(fault.path ?? ''),
    )
    return index === -1 ? undefined : this.faults.splice(index, 1)[0]
  }

  /** Keeps a call until the held ones are let go. */
  hold(): Promise<void> {
    const waiting = new Promise<void>((resolve) => this.#held.push(resolve))
    for (const tell of this.#onHeld.splice(0)) tell()
    return waiting
  }

  /** Until so many calls are held. */
  async untilHeld(calls = 1): Promise<void> {
    while (this.#held.length < calls) await new Promise<void>((resolve) => this.#onHeld.push(resolve))
  }

  /** Lets the held calls go on; all is settled when they are answered too. */
  letGo(): void {
    for (const go of this.#held.splice(0)) {
      this.#track(new Promise<void>((resolve) => this.#afterAnswer.push(resolve)))
      go()
    }
  }

  addPage(page: Page): string {
    const id = `page${this.next()}`
    this.pages.set(id, page)
    return `${this.origin}/pay/${id}`
  }

  /** Tells a merchant, now or once the answer is out. */
  tell(message: Message): void {
    if (this.delivery === 'never') return
    if (this.delivery === 'before_answer') return this.#track(this.#send(message))
    this.#afterAnswer.push(() => {
      const times = this.delivery === 'ten_times' ? 10 : 1
      for (let time = 0; time < times; time++) this.#track(this.#send(message))
    })
  }

  /** The answer is out. */
  answered(): void {
    const acts = this.#afterAnswer
    this.#afterAnswer = []
    for (const act of acts) act()
  }

  /** All notices that are on their way have arrived. */
  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
  }

  #track(sending: Promise<void>): void {
    const tracked = sending.finally(() => this.#sending.delete(tracked))
    this.#sending.add(tracked)
  }

  async #send({ url, method = 'POST', type, body, signed }: Message): Promise<void> {
    const headers = { 'content-type': type, ...signed({ wrongly: this.delivery === 'wrong_signature' }) }
    const answer = await fetch(url, method === 'GET' ? { headers } : { method, headers, body }).catch(
      () => undefined,
    )
    await answer?.arrayBuffer()
  }
}

export function jsonReply(status: number, body: unknown): Reply {
  return { status, body: JSON.stringify(body), type: 'application/json' }
}

/** The fields of a JSON body; none where it is not one. */
export function jsonBody(ask: Ask): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(ask.body)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export function headerOf(ask: Ask, name: string): string {
  const value = ask.headers[name]
  return typeof value === 'string' ? value : ''
}

/** A field that should be a text, a number or a truth; nothing where it is not. */
export function textField(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name]
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}
