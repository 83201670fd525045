import type { Logo } from './invoice-document.ts'

/** A logo as a file in the compiler's memory. */
export type LogoFile = { readonly name: string; readonly bytes: Buffer }

const mostBytes = 1_048_576
const mostPixels = 16_777_216

/** The logo of a data URL (`data:image/png;base64,…`), as tenants keep theirs; `null` for anything else. */
export function logoOf(dataUrl: string | null | undefined): Logo | null {
  const parts = /^data:(image\/(?:png|jpeg|svg\+xml))(?:;charset=[\w-]+)?(;base64)?,(.*)$/su.exec(
    dataUrl ?? '',
  )
  const [, type, encoding, content = ''] = parts ?? []
  if (type !== 'image/png' && type !== 'image/jpeg' && type !== 'image/svg+xml') return null
  if (encoding) return { type, bytes: Buffer.from(content, 'base64') }
  try {
    return { type, bytes: Buffer.from(decodeURIComponent(content)) }
  } catch {
    return null
  }
}

/**
 * Why a logo may not go to the compiler, to go on from its name; `null` for one that may. That it may does not mean
 * that it can be drawn.
 */
export function logoDanger({ type, bytes }: Logo): string | null {
  if (bytes.length > mostBytes) return 'must be at most 1 MB'
  if (safeLogo({ type, bytes })) return null
  if (type === 'image/svg+xml')
    return 'must be an SVG in UTF-8 without text (draw it as paths), scripts, entities, style sheets and links'
  return `must be a ${type === 'image/png' ? 'PNG' : 'JPEG'} of at most 16 megapixels`
}

/** A logo that may go to the compiler, with the file's name it gets there; `null` for one that may not. */
export function safeLogo(logo: Logo | null | undefined): LogoFile | null {
  if (!logo || logo.bytes.length === 0 || logo.bytes.length > mostBytes) return null
  const bytes = Buffer.from(logo.bytes)
  switch (logo.type) {
    case 'image/png':
      return pngPixels(bytes) <= mostPixels ? { name: 'logo.png', bytes } : null
    case 'image/jpeg':
      return jpegPixels(bytes) <= mostPixels ? { name: 'logo.jpg', bytes } : null
    case 'image/svg+xml':
      return isInertSvg(bytes) ? { name: 'logo.svg', bytes } : null
    default:
      return null
  }
}

// A few bytes of PNG can ask for gigabytes of pixels.
function pngPixels(bytes: Buffer): number {
  const signature = '89504e470d0a1a0a'
  if (bytes.length < 33 || bytes.toString('hex', 0, 8) !== signature) return Infinity
  return bytes.readUInt32BE(16) * bytes.readUInt32BE(20)
}

/** The size stands in the start-of-frame segment (ITU T.81 §B.2.2). */
function jpegPixels(bytes: Buffer): number {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xff_d8) return Infinity
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7)
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return Infinity
}

// Entities and nested uses blow up to any size; a reference to a file has no place in a logo; text would be drawn in
// whatever fonts the machine has; a script has nothing to do in a picture, whoever shows it. What is compressed or in
// another encoding would hide all of that from us, and not from who draws it.
function isInertSvg(bytes: Buffer): boolean {
  const source = bytes.toString('utf8')
  if (!/^\s*</u.test(source) || /[\0\ufffd]/u.test(source)) return false
  if (/<([\w.-]+:)?(text|foreignObject|script)\b|<!(DOCTYPE|ENTITY)|<\?xml-stylesheet|@import/iu.test(source))
    return false
  if (/[\s"'/]on[a-z]+\s*=|javascript:/iu.test(source)) return false
  const references = source.matchAll(/(?:href\s*=\s*["']?|url\(\s*["']?)\s*([^"'\s)>]*)/giu)
  for (const [, target = ''] of references)
    if (!target.startsWith('#') && !/^data:image\/(png|jpeg)[;,]/iu.test(target)) return false
  return (source.match(/<use\b/giu) ?? []).length <= 16
}
