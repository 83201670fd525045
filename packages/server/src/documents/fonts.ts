import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { coverageOf } from './font-coverage.ts'
import type { Coverage } from './plain-text.ts'

const require = createRequire(import.meta.url)

/**
 * The fonts of a document, all under the SIL Open Font License and from packages: the first that has a glyph draws
 * it. The fonts of the machine are never used, so that a PDF is the same everywhere.
 */
const families = [
  {
    name: 'Noto Sans', // Latin, Greek, Cyrillic, Devanagari
    files: [
      '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
      '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
    ],
  },
  {
    // Before the one below, which draws a letter and its dots apart, so that copied text has each dotted letter twice.
    name: 'IBM Plex Sans Arabic',
    files: [
      '@expo-google-fonts/ibm-plex-sans-arabic/400Regular/IBMPlexSansArabic_400Regular.ttf',
      '@expo-google-fonts/ibm-plex-sans-arabic/600SemiBold/IBMPlexSansArabic_600SemiBold.ttf',
    ],
  },
  {
    name: 'Noto Sans Arabic', // the letters of African and Asian languages in Arabic script
    files: [
      '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
      '@expo-google-fonts/noto-sans-arabic/600SemiBold/NotoSansArabic_600SemiBold.ttf',
    ],
  },
  {
    name: 'Noto Sans Ethiopic',
    files: [
      '@expo-google-fonts/noto-sans-ethiopic/400Regular/NotoSansEthiopic_400Regular.ttf',
      '@expo-google-fonts/noto-sans-ethiopic/600SemiBold/NotoSansEthiopic_600SemiBold.ttf',
    ],
  },
  {
    name: 'Noto Sans Hebrew',
    files: [
      '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
      '@expo-google-fonts/noto-sans-hebrew/600SemiBold/NotoSansHebrew_600SemiBold.ttf',
    ],
  },
  {
    name: 'ZCOOL XiaoWei', // the Chinese characters of GB 2312, in the one file that is small enough to bring along
    files: ['@expo-google-fonts/zcool-xiaowei/400Regular/ZCOOLXiaoWei_400Regular.ttf'],
  },
] as const

export type Fonts = {
  readonly families: readonly string[]
  readonly files: readonly Buffer[]
  /** The code points of each family, in their order. */
  readonly coverage: Coverage
}

/** Reads the fonts: 10 MB, once per thread that sets documents. The weights of a family have the same glyphs. */
export function loadFonts(): Fonts {
  const read = families.map(({ name, files }) => ({
    name,
    files: files.map((file) => readFileSync(require.resolve(file))),
  }))
  return {
    families: read.map(({ name }) => name),
    files: read.flatMap(({ files }) => files),
    coverage: read.map(({ files }) => files.slice(0, 1).flatMap(coverageOf)),
  }
}
