import type { Bells } from './bells.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Pool } from './db/pool.ts'
import type { Ids } from './ids.ts'
import type { Log } from './log.ts'
import type { Sealer } from './secrets.ts'

/** What the server's parts are given: plain arguments, no container. */
export type Deps = {
  readonly config: Config
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Connections of the role that answers requests. */
  readonly db: Pool
  /** Connections of the role that runs what is due. */
  readonly workerDb: Pool
  /** Connections of the same role for what a test clock does on its way, whose commits do not wait for the disk. */
  readonly clockDb: Pool
  readonly sealer: Sealer
  /** Wakes this process's loops. */
  readonly bells: Bells
  /** Signs session tokens; tokens signed with any of these are believed. */
  readonly jwtKeys: readonly Uint8Array[]
}
