#!/usr/bin/env node
import { Command } from 'commander'
import { serve } from './serve.ts'
import { readConfig } from './config.ts'
import { boot } from './boot.ts'
import { systemClock } from './clock.ts'
import { fillWithDemo } from './demo.ts'
import { StartupError } from './startup-error.ts'

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

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof StartupError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
