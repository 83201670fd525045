import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { Logo } from './invoice-document.ts'
import { safeLogo } from './logo.ts'

/** Sets a page with nothing but the logo, as it stands in a document. Throws where it cannot be drawn in a PDF/A. */
export function drawLogo(logo: Logo): Uint8Array {
  const file = safeLogo(logo)
  if (!file) throw new TypeError('a logo that is not safe')
  const workspace = fileURLToPath(new URL('no-files', import.meta.url))
  const compiler = NodeCompiler.create({ workspace })
  compiler.mapShadow(join(workspace, file.name), file.bytes)
  return compiler.pdf(
    {
      mainFileContent: `#set document(title: "logo", date: datetime(year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0))
#box(height: 16mm, width: 60mm, image("${file.name}", height: 100%, width: 100%, fit: "contain", alt: "logo"))`,
    },
    { pdfStandard: 'a-3a' },
  )
}
