// Owns a data folder in a process of its own, so that a test can kill it: `node embedded-owner.ts FOLDER [write]`.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type EmbeddedDatabase, startEmbedded } from '../src/db/embedded.ts'
import { StartupError } from '../src/startup-error.ts'

const [, , dataDir = '', task] = process.argv

function say(word: string, value: string): void {
  process.stdout.write(`${word} ${value}\n`)
}

try {
  const embedded = await startEmbedded({ dataDir, log: (message) => say('log', message) })
  process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)))
  process.once('SIGINT', () => void finish(embedded).then(() => process.exit(0)))
  say('started', embedded.url)
  if (task === 'write') await write(embedded.url)
  setInterval(() => {}, 60_000)
} catch (error) {
  if (!(error instanceof StartupError)) throw error
  say('refused', error.message)
}

/** A server's way to end: what is under way is finished first. */
async function finish(embedded: EmbeddedDatabase): Promise<void> {
  await sleep(300)
  const client = new Client({ connectionString: embedded.url })
  await client.connect()
  await client.query('create table finished ()')
  await client.end()
  await embedded.stop()
  say('finished', '')
}

/** Says each row after its commit was acknowledged. */
async function write(url: string): Promise<never> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('create table rows (id int primary key)')
  for (let id = 1; ; id++) {
    await client.query('insert into rows values ($1)', [id])
    say('row', String(id))
  }
}
