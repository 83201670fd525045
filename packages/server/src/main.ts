#!/usr/bin/env node
import { Command } from 'commander'
import { serve } from './serve.ts'
import { readConfig } from './config.ts'
import { boot } from './boot.ts'
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
    await serve(readConfig(process.env), role)
  })

program
  .command('migrate')
  .description('bring the database to this version and stop')
  .action(async () => {
    const { close } = await boot(readConfig(process.env), { say: print })
    await close()
    print('The database is up to date.')
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
