import type { Deps } from '../deps.ts'
import { RateLimited } from './problems.ts'
import { SlidingWindow } from './rate-limit.ts'

const freeFailures = 5
const longestWaitMs = 300_000
const forgottenAfterMs = 24 * 3600_000
const addressFailures = 100
const addressMails = 60
const accountMails = 3

type Account = { failures: number; lastMs: number; trying: number }

/**
 * What stands before passwords. An account gets five wrong ones, then 1, 2, 4 … 300 seconds between tries and one
 * try at a time, whoever tries and whether or not it exists; an address gets a hundred wrong ones a minute over
 * all accounts. While an account waits, its password is not looked at, so nothing is learned by trying on.
 */
export class LoginGuard {
  readonly #accounts = new Map<string, Account>()
  readonly #addresses: SlidingWindow
  readonly #mails: SlidingWindow
  readonly #nowMs: () => number

  constructor({ clock }: Pick<Deps, 'clock'>) {
    this.#nowMs = () => clock.nowMs()
    this.#addresses = new SlidingWindow(this.#nowMs)
    this.#mails = new SlidingWindow(this.#nowMs)
  }

  /**
   * Runs one try, which says whether the password was right.
   * @throws RateLimited while the account or the address has to wait
   */
  async attempt<T>(email: string, ip: string, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const account = this.#accounts.get(email) ?? { failures: 0, lastMs: 0, trying: 0 }
    this.#accounts.set(email, account)
    const over = account.failures - freeFailures
    const waitMs = over < 0 ? 0 : Math.min(longestWaitMs, 1000 * 2 ** over)
    const leftMs = account.lastMs + waitMs - this.#nowMs()
    if (leftMs > 0) throw new RateLimited(Math.ceil(leftMs / 1000))
    if (over >= 0 && account.trying > 0) throw new RateLimited(1)
    const addressWait = this.#addresses.wait(ip, addressFailures)
    if (addressWait > 0) throw new RateLimited(addressWait)
    account.trying++
    try {
      const right = await check()
      if (right === undefined) {
        account.failures++
        account.lastMs = this.#nowMs()
        this.#addresses.take(ip, addressFailures)
      } else account.failures = 0
      return right
    } finally {
      account.trying--
      if (account.failures === 0 && account.trying === 0) this.#accounts.delete(email)
    }
  }

  /** @throws RateLimited when an address asks for too many mails; false: this account has had enough of them */
  mayMail(email: string, ip: string): boolean {
    const { allowed, retryAfter } = this.#mails.take(`ip ${ip}`, addressMails)
    if (!allowed) throw new RateLimited(retryAfter)
    return this.#mails.take(`account ${email}`, accountMails).allowed
  }

  sweep(): void {
    const now = this.#nowMs()
    for (const [email, { lastMs, trying }] of this.#accounts) {
      if (trying === 0 && now - lastMs > forgottenAfterMs) this.#accounts.delete(email)
    }
    this.#addresses.sweep()
    this.#mails.sweep()
  }
}
