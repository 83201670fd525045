import { buildPages } from './build-pages.ts'

await buildPages(import.meta.dirname, ['mark.svg'])
