import { type Deadline, deadlineAfter, within } from './deadline.ts'
import { NovaBillingError, UnauthorizedError } from './errors.ts'
import { checkedRetries, checkedTimeout, type RequestOptions, type Settings } from './options.ts'
import { type PageBody, PageCall } from './page.ts'
import { type Answer, type Prepared, send } from './send.ts'
import { SessionHolder } from './session.ts'
import { queryString } from './url.ts'

/** One operation of the API with its arguments, as the generated resources describe it. */
export type Call = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly auth: 'public' | 'session' | 'apiKey' | 'any'
  readonly accept?: string
  readonly body?: unknown
  readonly query?: object | undefined
  readonly options?: RequestOptions | undefined
}

/** Carries the calls of all resources: credentials, the session's renewal, retries and time limits. */
export class Caller {
  readonly #settings: Settings
  readonly #session: SessionHolder

  constructor(settings: Settings) {
    this.#settings = settings
    this.#session = new SessionHolder(settings.platform.randomKey)
  }

  async json<T>(call: Call): Promise<T> {
    // The exchange parses and shares its answer itself.
    const refreshToken = call.id === 'auth.refresh' ? refreshTokenOf(call.body) : undefined
    const answer =
      refreshToken === undefined
        ? parsed(await this.#run(call))
        : await this.#session.exchange(
            refreshToken,
            async (_, idempotencyKey) =>
              parsed(await this.#run({ ...call, options: { ...call.options, idempotencyKey } })),
            call.options?.idempotencyKey,
          )
    if (call.id.startsWith('auth.')) this.#session.adopt(answer)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server serialises its answers by the schema T was generated from
    return answer as T
  }

  async nothing(call: Call): Promise<void> {
    await this.#run(call)
    if (call.id === 'auth.logout') this.#session.clear()
  }

  async bytes(call: Call): Promise<Uint8Array> {
    return (await this.#run(call)).bytes
  }

  async text(call: Call): Promise<string> {
    return new TextDecoder().decode((await this.#run(call)).bytes)
  }

  pages<T>(call: Call): PageCall<T> {
    return new PageCall((cursor) =>
      this.json<PageBody<T>>(
        cursor === undefined ? call : { ...call, query: { ...call.query, page: undefined, cursor } },
      ),
    )
  }

  async #run(call: Call): Promise<Answer> {
    const { platform, ...settings } = this.#settings
    const options = call.options ?? {}
    const seconds = checkedTimeout(options.timeoutInSeconds ?? settings.timeoutInSeconds)
    const maxRetries = checkedRetries(options.maxRetries ?? settings.maxRetries)
    // Once per call, so that all its attempts take effect at most once.
    const idempotencyKey =
      call.method === 'POST' ? (options.idempotencyKey ?? platform.randomKey()) : undefined
    const deadline = deadlineAfter(seconds, platform.now(), options.signal)
    const attempt = (credential: string | undefined): Promise<Answer> =>
      send(this.#prepare(call, credential, idempotencyKey), { platform, maxRetries, deadline })

    const credential = this.#credentialFor(call.auth)
    try {
      return await attempt(credential)
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || !(await this.#renewed(credential, deadline))) throw error
      return await attempt(this.#credentialFor(call.auth))
    } finally {
      deadline.release()
    }
  }

  /** Whether `refused` was the session's access token and there is another one now. */
  #renewed(refused: string | undefined, deadline: Deadline): Promise<boolean> | false {
    if (refused === undefined || refused === this.#settings.token) return false
    const refresh = async (refreshToken: string, idempotencyKey: string): Promise<unknown> =>
      parsed(
        await this.#run({
          id: 'auth.refresh',
          method: 'POST',
          path: '/api/auth/refresh',
          auth: 'public',
          body: { refreshToken },
          options: { idempotencyKey },
        }),
      )
    // Other calls may share the exchange: this call's end must not end it for them.
    return within(this.#session.renew(refused, refresh), deadline.signal)
  }

  /** The right kind of credential; without one the other kind, to which the server says what is missing. */
  #credentialFor(auth: Call['auth']): string | undefined {
    const { token } = this.#settings
    switch (auth) {
      case 'public':
        return undefined
      case 'session':
        return this.#session.accessToken ?? token
      case 'apiKey':
      case 'any':
        return token ?? this.#session.accessToken
      default:
        return auth satisfies never
    }
  }

  #prepare(call: Call, credential: string | undefined, idempotencyKey: string | undefined): Prepared {
    return {
      method: call.method,
      url: `${this.#settings.baseUrl}${call.path}${queryString(call.query)}`,
      headers: {
        accept: call.accept ?? 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body, refuseNonFinite),
    }
  }
}

function parsed({ response, bytes }: Answer): unknown {
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new NovaBillingError('The answer is not JSON; does baseUrl point to NovaBilling?', {
      statusCode: response.status,
      requestId: response.headers.get('x-request-id') ?? undefined,
      cause,
    })
  }
}

/** JSON would turn NaN and Infinity into null, which means "clear this field". */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${key} is ${value}`)
  return value
}

function refreshTokenOf(body: unknown): string | undefined {
  return typeof body === 'object' &&
    body !== null &&
    'refreshToken' in body &&
    typeof body.refreshToken === 'string'
    ? body.refreshToken
    : undefined
}
