import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'

/**
 * Builds the pages of a package into its dist/, unless that has been done for these very sources. They take the place of
 * what was there once they are whole. `names`: what stands beside the assets, such as `mark.svg`.
 */
export async function buildPages(here: string, names: readonly string[]): Promise<void> {
  const done = join(here, 'dist')
  const stamp = join(done, '.sources')
  const sources = await hashOfSources(here)
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === sources) return

  const { build } = await import('vite')
  const fresh = join(done, `.fresh-${process.pid}`)
  await build({ root: here, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
  await compress(join(fresh, 'assets'))
  await writeFile(join(fresh, '.sources'), sources)
  // The page after what it needs, and the stamp last.
  for (const name of [...names, 'assets', 'index.html', '.sources']) {
    await rm(join(done, name), { recursive: true, force: true })
    await rename(join(fresh, name), join(done, name))
  }
  await rm(fresh, { recursive: true })
}

async function hashOfSources(here: string): Promise<string> {
  const hash = createHash('sha256')
  const lock = join(here, '../../package-lock.json')
  const files = [
    join(here, 'index.html'),
    join(here, 'vite.config.ts'),
    join(here, 'build.ts'),
    import.meta.filename,
  ]
  for (const folder of ['src', 'public']) {
    if (!existsSync(join(here, folder))) continue
    const entries = await readdir(join(here, folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
  }
  if (existsSync(lock)) files.push(lock)
  for (const file of files.toSorted()) hash.update(file.slice(here.length)).update(await readFile(file))
  return hash.digest('hex')
}

/** Phones on slow networks get a quarter of the bytes; nobody compresses while one waits. */
async function compress(folder: string): Promise<void> {
  const brotli = promisify(brotliCompress)
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name))
    if (text.length < 1024) continue
    const packed = await brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } })
    await writeFile(join(folder, `${name}.br`), packed)
  }
}
