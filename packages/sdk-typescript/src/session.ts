import { NovaBillingError } from './errors.ts'

/** What a log-in gives: the access token for an hour, the refresh token for thirty days and for one use. */
export interface Tokens {
  accessToken: string
  refreshToken: string
}

/** Sends `POST /api/auth/refresh` under this idempotency key. */
export type SendRefresh = (refreshToken: string, idempotencyKey: string) => Promise<unknown>

/**
 * The session a client holds. A refresh token works once and using it again ends the session, so all who need a
 * new access token share one exchange; and the exchange keeps its idempotency key until it succeeds, so that a
 * lost answer can be asked for again.
 */
export class SessionHolder {
  #tokens: Tokens | undefined
  readonly #exchanges = new Map<string, { readonly key: string; running: Promise<unknown> | undefined }>()
  readonly #randomKey: () => string

  constructor(randomKey: () => string) {
    this.#randomKey = randomKey
  }

  get accessToken(): string | undefined {
    return this.#tokens?.accessToken
  }

  /** Takes up the tokens of an answer; anything else leaves the session as it is. */
  adopt(answer: unknown): void {
    if (isTokens(answer))
      this.#tokens = { accessToken: answer.accessToken, refreshToken: answer.refreshToken }
  }

  clear(): void {
    this.#tokens = undefined
    this.#exchanges.clear()
  }

  /** Exchanges this refresh token, joining an exchange of the same token that is under way. */
  async exchange(refreshToken: string, send: SendRefresh, givenKey?: string): Promise<unknown> {
    const known = this.#exchanges.get(refreshToken)
    const exchange = known ?? { key: givenKey ?? this.#randomKey(), running: undefined }
    this.#exchanges.set(refreshToken, exchange)
    exchange.running ??= this.#run(refreshToken, () => send(refreshToken, exchange.key)).finally(() => {
      exchange.running = undefined
    })
    return exchange.running
  }

  async #run(refreshToken: string, send: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await send()
      this.adopt(answer)
      this.#exchanges.delete(refreshToken)
      return answer
    } catch (error) {
      if (isRefusal(error)) this.#exchanges.delete(refreshToken)
      throw error
    }
  }

  /**
   * Sees to it that the access token is another than `refused`. False when there is no session to renew.
   * Rejects when the exchange cannot be made; when it is refused the session is over, and this is false.
   */
  async renew(refused: string, send: SendRefresh): Promise<boolean> {
    const tokens = this.#tokens
    if (tokens === undefined) return false
    if (tokens.accessToken !== refused) return true
    try {
      await this.exchange(tokens.refreshToken, send)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (this.#tokens === tokens) this.clear()
      return false
    }
    return true
  }
}

/** The server looked at the refresh token and said no, so it will never say yes. */
function isRefusal(error: unknown): boolean {
  return error instanceof NovaBillingError && (error.statusCode === 400 || error.statusCode === 401)
}

function isTokens(answer: unknown): answer is Tokens {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'accessToken' in answer &&
    typeof answer.accessToken === 'string' &&
    'refreshToken' in answer &&
    typeof answer.refreshToken === 'string'
  )
}
