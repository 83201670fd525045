import { boot } from '../packages/server/src/boot.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { createLog } from '../packages/server/src/log.ts'
import { webhooks } from '../packages/server/src/slices/webhooks/index.ts'
import { startWorker } from '../packages/server/src/worker.ts'
import { testSecrets } from '../packages/server/test/cluster.ts'

/** One worker process that does nothing but deliver webhooks, as the product runs it. A line asks for its CPU time. */
const config = readConfig({ ...testSecrets, DATABASE_URL: process.argv[2] ?? '', WEBHOOK_TARGETS: 'any' })
const { deps } = await boot(config, { log: createLog('error') })
startWorker(deps, [webhooks])
process.stdout.write('ready\n')
process.stdin.on('data', () => {
  const { user, system } = process.cpuUsage()
  process.stdout.write(`${(user + system) / 1000}\n`)
})
