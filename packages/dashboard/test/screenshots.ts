import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { systemClock } from '../../server/src/clock.ts'
import { fillWithDemo } from '../../server/src/demo.ts'
import { startServer } from '../../server/test/harness.ts'
import { closeBrowser, visitor } from './browser.ts'
import { signIn } from './steps.ts'

/*
 * The pictures of the docs, from the demo's year: light and dark, desktop and phone.
 * `npm run screenshots -w packages/dashboard` makes them again; FOLDER names another place for them.
 */
const folder = process.env['FOLDER'] ?? new URL('../../../docs/images/', import.meta.url).pathname

const sights = [
  { name: 'home', path: '' },
  { name: 'analytics', path: '/analytics' },
  { name: 'customers', path: '/customers' },
  { name: 'invoices', path: '/invoices' },
  { name: 'event-log', path: '/event-log' },
  { name: 'api-keys', path: '/api-keys' },
  { name: 'ledger', path: '/ledger' },
] as const

const looks = [
  { look: 'light', width: 1280, height: 800, colorScheme: 'light' },
  { look: 'dark', width: 1280, height: 800, colorScheme: 'dark' },
  { look: 'phone', width: 390, height: 844, colorScheme: 'light' },
] as const

await mkdir(folder, { recursive: true })
const server = await startServer()
const account = await fillWithDemo(systemClock, server.origin, (done, total, what) =>
  process.stdout.write(`\r  ${done} of ${total}  ${what}   `),
)
for (const { look, ...options } of looks) {
  const { page, errors } = await visitor(options)
  await signIn(page, server.origin, account)
  for (const { name, path } of sights) {
    await page.goto(`${server.origin}/test${path}`)
    await settled(page)
    await page.screenshot({ path: `${folder}/${name}-${look}.png` })
  }
  await page.goto(`${server.origin}/test/invoices`)
  await page.getByRole('table', { name: 'Invoices' }).getByRole('button').first().click()
  await settled(page)
  await page.screenshot({ path: `${folder}/invoice-${look}.png` })
  if (errors.length > 0) throw new Error(errors.join('\n'))
}
await closeBrowser()
process.stdout.write(`\n  ${folder}\n`)
process.exit(0)

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.evaluate(async () => {
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished),
    )
  })
}
