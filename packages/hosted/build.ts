import { buildPages } from '../dashboard/build-pages.ts'

await buildPages(import.meta.dirname, [])
