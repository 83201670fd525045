#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { parseId, publicId } from './ids.ts'
import { serve } from './serve.ts'
import { readConfig } from './config.ts'
import { boot } from './boot.ts'
import { systemClock } from './clock.ts'
import { statement, text } from './db/statement.ts'
import { fillWithDemo } from './demo.ts'
import { listenForEvents } from './listen.ts'
import { startSimulator } from './simulators/simulator.ts'
import { StartupError } from './startup-error.ts'
import { verify } from './verify.ts'
import { verifyCreditNote } from './verify-credit-note.ts'
import { DocumentFault, verifyInvoice } from './verify-invoice.ts'

const setRateLimit = statement(
  'main.set_rate_limit',
  `update tenants set rate_limit_per_minute = $2 where id = $1::uuid returning company_name`,
  { company_name: text },
)

const program = new Command('novabilling').description(
  'Open-source billing for businesses that sell across borders.',
)

program
  .command('serve', { isDefault: true })
  .description('run the API and the worker')
  .argument('[role]', 'all, api or worker', 'all')
  .action(async (role: string) => {
    if (role !== 'all' && role !== 'api' && role !== 'worker') {
      throw new StartupError(`There is no role "${role}". Use all, api or worker.`)
    }
    await serve(readConfig(process.env), role, {
      withParent: process.env['npm_lifecycle_event'] !== undefined,
    })
  })

program
  .command('migrate')
  .description('bring the database to this version and stop')
  .action(async () => {
    const { close } = await boot(readConfig(process.env), { say: print })
    await close()
    print('The database is up to date.')
  })

program
  .command('verify')
  .description('check every promise about the stored data, and name the rows that break one')
  .action(async () => {
    const { deps, close } = await boot(readConfig(process.env))
    let broken = 0
    for await (const { name, breaches } of verify(deps.workerDb)) {
      print(`${breaches.length === 0 ? 'holds ' : 'BROKEN'}  ${name}`)
      for (const { environmentId, row, fault } of breaches) {
        broken++
        print(
          `          ${row} ${fault}${environmentId === null ? '' : ` (environment ${publicId('environment', environmentId)})`}`,
        )
      }
    }
    await close()
    print(broken === 0 ? 'Everything holds.' : `${broken} rows break a promise.`)
    if (broken > 0) process.exitCode = 1
  })

program
  .command('verify-invoice')
  .description(
    'recompute an invoice or a credit note, offline, from what GET /api/invoices/:id/explain or /api/credit-notes/:id/explain says',
  )
  .argument('<file>', 'the answer, as JSON')
  .action(async (file: string) => {
    const document = await readDocument(file)
    const isCreditNote = typeof document === 'object' && document !== null && Reflect.has(document, 'basis')
    const { number, currency, totalMinor, faults } = isCreditNote
      ? verifyCreditNote(document)
      : verifyInvoice(document)
    for (const fault of faults) print(`WRONG  ${fault}`)
    print(
      `${number} comes to ${totalMinor} minor units of ${currency}: ${faults.length === 0 ? 'every figure follows.' : `${faults.length} of its figures do not follow.`}`,
    )
    if (faults.length > 0) process.exitCode = 1
  })

program
  .command('rate-limit')
  .description("give a tenant its own number of requests a minute, or 'default' to take it back")
  .argument('<tenant>', 'its id, ten_…')
  .argument('<perMinute>', 'a number from 1, or default')
  .action(async (tenant: string, perMinute: string) => {
    const id = parseId('tenant', tenant)
    if (id === undefined)
      throw new StartupError(`${tenant} is not the id of a tenant, such as ten_01m86rxvwee48t4trm428xyznt.`)
    if (!/^[1-9]\d{0,6}$|^default$/.test(perMinute))
      throw new StartupError(`${perMinute} is not a number of requests. Give one from 1, or default.`)
    const { deps, close } = await boot(readConfig(process.env))
    const [changed] = await deps.workerDb.query(
      setRateLimit(id, perMinute === 'default' ? null : Number(perMinute)),
    )
    await close()
    if (!changed) throw new StartupError(`There is no tenant ${tenant}.`)
    print(
      `${changed.company_name} may now make ${perMinute === 'default' ? 'the default number of' : perMinute} requests a minute.`,
    )
  })

program
  .command('listen')
  .description('forward the events of an environment to an address of this machine, signed as webhooks are')
  .argument('<to>', 'where they go, such as http://localhost:4000/hooks')
  .addOption(
    new Option('--key <key>', 'an API key of the environment')
      .env('NOVABILLING_API_KEY')
      .makeOptionMandatory(),
  )
  .option('--server <origin>', 'the server', 'http://localhost:3000')
  .option('--events <list>', 'types, or all of a resource, such as invoice.*,payment.failed', '*')
  .option('--secret <secret>', 'sign with this whsec_… instead of a new one')
  .action(async (to: string, options: { key: string; server: string; events: string; secret?: string }) => {
    if (!URL.canParse(to))
      throw new StartupError(`${to} is not an address, such as http://localhost:4000/hooks.`)
    const { key, server, events, secret } = options
    const stopping = new AbortController()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())
    await listenForEvents({
      clock: systemClock,
      origin: server.replace(/\/+$/, ''),
      key,
      to,
      events: events.split(',').map((pattern) => pattern.trim()),
      ...(secret === undefined ? {} : { secret }),
      say: print,
      signal: stopping.signal,
    })
  })

program
  .command('demo')
  .description('fill the running server, or a fresh one, with a year of a small company')
  .action(async () => {
    const config = readConfig(process.env)
    const origin = `http://localhost:${config.PORT}`
    const isRunning = await fetch(`${origin}/health`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (!isRunning) await serve(config, 'all')
    const account = await fillWithDemo(systemClock, origin, (done, total, what) => {
      const bar = `${'█'.repeat(Math.round((done / total) * 24))}${'░'.repeat(24 - Math.round((done / total) * 24))}`
      process.stdout.write(`\r  ${bar}  ${what}   ${done === total ? '\n' : ''}`)
    })
    print(`
Mawingu Software Ltd has ${account.customers} customers and a year behind it, in its test environment.

  E-mail     ${account.email}
  Password   ${account.password}
  API key    ${account.key}

  curl ${origin}/api/analytics/revenue -H 'Authorization: Bearer ${account.key}'
`)
    if (!isRunning) print('The server goes on running. Stop it with Ctrl+C.')
  })

program
  .command('simulate-provider')
  .description('speak the protocols of the payment providers, for tests: no money moves')
  .option('-p, --port <port>', 'where to listen', '4010')
  .action(async ({ port }: { port: string }) => {
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      throw new StartupError(`${port} is not a port. Give one up to 65535.`)
    const { origin, setting } = await startSimulator(systemClock, { port: Number(port) })
    print(`Simulated payment providers are at ${origin}. Start the server with:

  TEST_PROVIDER_URLS=${setting} npm start

Stop them with Ctrl+C.`)
  })

async function readDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new StartupError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof StartupError || error instanceof DocumentFault)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
