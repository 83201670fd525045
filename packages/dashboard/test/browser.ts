import { execFile } from 'node:child_process'
import { accessSync } from 'node:fs'
import { after } from 'node:test'
import { promisify } from 'node:util'
import axe from 'axe-core'
import { type Browser, type Page, chromium } from 'playwright-core'

/** Debian's, another distribution's, or what CHROMIUM names. */
const places = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const executable = places.find((path) => {
  try {
    accessSync(path)
    return path !== ''
  } catch {
    return false
  }
})

/** Why there is no browser; on a machine that must have one, its lack is a failure and not a reason. */
export const noBrowser =
  executable === undefined && process.env['CI'] === undefined
    ? 'no Chromium found: install it, or name one in CHROMIUM'
    : false

let browser: Promise<Browser> | undefined
/** Done after the tests of a file; a script does it itself. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}
after(closeBrowser)

export type Looks = { width?: number; height?: number; colorScheme?: 'dark' | 'light'; locale?: string }

/** A new visitor with the dashboard built, whose page fails the test for any error that it reports. */
export function visitor(options: Looks = {}): Promise<{ page: Page; errors: string[] }> {
  return visitorOf(new URL('../build.ts', import.meta.url), options)
}

/** The same for the pages that `build` builds. */
export async function visitorOf(build: URL, options: Looks): Promise<{ page: Page; errors: string[] }> {
  await promisify(execFile)(process.execPath, [build.pathname])
  browser ??= launch()
  const { width = 1280, height = 860, colorScheme = 'light', locale = 'en-GB' } = options
  const context = await (await browser).newContext({ viewport: { width, height }, locale, colorScheme })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const errors: string[] = []
  page.on('console', (message) => {
    // A refused request is told by the browser as well; the page's own words for it are what counts.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return { page, errors }
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable ?? 'chromium', args: ['--no-sandbox'] })
}

/** What axe finds serious on a page as it stands. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Colours in the middle of a fade are nobody's colours.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(passing.map(({ finished }) => finished))
  })
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 260)).join(' | ')}`)
  })
  return found
}
