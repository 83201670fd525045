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

const invoice = { name: 'invoice', path: '/invoices', first: 'Invoices' }
const home = { name: 'home', path: '' }
const analytics = { name: 'analytics', path: '/analytics' }
const customers = { name: 'customers', path: '/customers' }
type Sight = { readonly name: string; readonly path: string; readonly first?: string }

const desktop = { width: 1280, height: 800 } as const
const phone = { width: 390, height: 844 } as const
const looks = [
  { look: 'light', options: { ...desktop, colorScheme: 'light' }, sights: [home, invoice] },
  { look: 'dark', options: { ...desktop, colorScheme: 'dark' }, sights: [home, analytics] },
  { look: 'phone', options: { ...phone, colorScheme: 'light' }, sights: [home, customers] },
  { look: 'phone-dark', options: { ...phone, colorScheme: 'dark' }, sights: [invoice] },
] as const

await mkdir(folder, { recursive: true })
const server = await startServer()
const account = await fillWithDemo(systemClock, server.origin, (done, total, what) =>
  process.stdout.write(`\r  ${done} of ${total}  ${what}   `),
)
for (const { look, options, sights } of looks) {
  const { page, errors } = await visitor(options)
  await signIn(page, server.origin, account)
  for (const sight of sights) await take(page, sight, look)
  if (errors.length > 0) throw new Error(errors.join('\n'))
}
await closeBrowser()
process.stdout.write(`\n  ${folder}\n`)
process.exit(0)

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null)
  await page.evaluate(async () => {
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished),
    )
  })
}

async function take(page: Page, { name: file, path, first }: Sight, look: string): Promise<void> {
  await page.goto(`${server.origin}/test${path}`)
  if (first !== undefined) {
    const row = page.getByRole('table', { name: first }).getByRole('button').first()
    const name = (await row.textContent()) ?? ''
    await row.click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }
  await settled(page)
  await page.screenshot({ path: `${folder}/${file}-${look}.png` })
}
