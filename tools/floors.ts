import { dirname, join, normalize } from 'node:path'

/** Lists of floors by folder, from floors.json; a floor may be several names with a space between. */
export type Floors = Readonly<Record<string, readonly string[]>>

/** Source files by their path from the repository's root. */
export type Sources = ReadonlyMap<string, string>

const importing =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\W)import\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

/** What a file imports: paths of files for its own, names for packages. */
export function importsOf(path: string, text: string): string[] {
  return Array.from(text.matchAll(importing), (match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (target.startsWith('.')) return normalize(join(dirname(path), target))
    const core = /^@novabilling\/core\/(.+)$/.exec(target)?.[1]
    return core === undefined ? target : `packages/core/src/${core}/index.ts`
  })
}

/** Every import that goes up, around, past a door, or out of the pure core. */
export function violations(floors: Floors, sources: Sources): string[] {
  const found: string[] = []
  for (const [path, text] of sources) {
    for (const target of importsOf(path, text)) {
      if (!target.includes('/') || !target.startsWith('packages/')) {
        if (path.startsWith('packages/core/src/'))
          found.push(`${path} imports ${target}: the core depends on nothing`)
        continue
      }
      for (const [folder, list] of Object.entries(floors)) {
        const [own, other] = [roomOf(folder, list, path), roomOf(folder, list, target)]
        if (own === undefined || other === undefined || own.name === other.name) continue
        if (own.level < other.level)
          found.push(`${path} imports ${target}: ${other.name} is above ${own.name}`)
        if (own.level === other.level && own.level < 0)
          found.push(`${path} imports ${target}: not in floors.json`)
        const hasDoor = folder.endsWith('/slices') || folder === 'packages/core/src'
        if (hasDoor && !target.endsWith(`${other.name}/index.ts`) && !other.name.endsWith('.ts')) {
          found.push(`${path} imports ${target}: the door of ${other.name} is its index.ts`)
        }
      }
    }
  }
  return [...found, ...cycles(sources).map((cycle) => `a circle: ${cycle.join(' → ')}`)]
}

/** Folders and files that no list names. */
export function unplaced(floors: Floors, sources: Sources): string[] {
  const missing = new Set<string>()
  for (const [folder, list] of Object.entries(floors)) {
    if (folder === 'packages') continue
    for (const path of sources.keys()) {
      const room = roomOf(folder, list, path)
      if (room && room.level < 0) missing.add(`${folder}/${room.name}`)
    }
  }
  return [...missing]
}

function roomOf(
  folder: string,
  list: readonly string[],
  path: string,
): { name: string; level: number } | undefined {
  if (folder === 'packages') {
    const level = list.findIndex((root) => path.startsWith(`${root}/`))
    const name = list[level]
    return name === undefined ? undefined : { name, level }
  }
  if (!path.startsWith(`${folder}/`)) return undefined
  const name = path.slice(folder.length + 1).split('/')[0] ?? ''
  return { name, level: list.findIndex((floor) => floor.split(' ').includes(name)) }
}

function cycles(sources: Sources): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) {
      found.push([...trail.slice(at), path])
      return
    }
    if (done.has(path)) return
    for (const target of importsOf(path, sources.get(path) ?? '')) {
      if (sources.has(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return found
}
