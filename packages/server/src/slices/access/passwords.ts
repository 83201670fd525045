import { hash, verify } from '@node-rs/argon2'
import { Overloaded } from '../../http/problems.ts'

const argon2id = 2
// OWASP Password Storage: Argon2id, 19 MiB, t=2, p=1. The same figures for the dummy, so both take equally long.
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const atOnce = 2
const longestQueue = 64

let running = 0
const waiting: (() => void)[] = []

/** @throws Overloaded when too many passwords are being worked on already */
export function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(password, cost))
}

/**
 * Whether the password is the one behind this hash. Without a hash it works just as long on another one and says
 * no, so that nobody can tell a known e-mail address from an unknown one.
 * @throws Overloaded when too many passwords are being worked on already
 */
export async function passwordMatches(passwordHash: string | undefined, password: string): Promise<boolean> {
  const dummy = await dummyHash()
  const matches = await bounded(() => verify(passwordHash ?? dummy, password))
  return matches && passwordHash !== undefined
}

let dummy: Promise<string> | undefined
function dummyHash(): Promise<string> {
  return (dummy ??= hash('no account has this password', cost))
}

/** A place is held until the work ends, not until the client goes away: that is what bounds it. */
async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= longestQueue) throw new Overloaded(2)
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
