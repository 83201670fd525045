/** Code points `[from, to)`. */
export type CodePointRange = { readonly from: number; readonly to: number }

/**
 * The code points a TrueType or OpenType font has a glyph for, sorted, from its `cmap` table (OpenType 1.9, formats 4 and 12).
 * Refuses a file without a Unicode table of these formats.
 */
export function coverageOf(font: Buffer): CodePointRange[] {
  const cmap = tableAt(font, 'cmap')
  const subtables = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, index) => {
    const record = cmap + 4 + index * 8
    return { platform: font.readUInt16BE(record), at: cmap + font.readUInt32BE(record + 4) }
  }).filter(({ platform }) => platform === 0 || platform === 3)
  const full = subtables.find(({ at }) => font.readUInt16BE(at) === 12)
  if (full) return groupsOfFormat12(font, full.at)
  const basic = subtables.find(({ at }) => font.readUInt16BE(at) === 4)
  if (basic) return segmentsOfFormat4(font, basic.at)
  throw new TypeError('the font has no Unicode character map')
}

/** The same code points, sorted and without overlaps. */
function mergeRanges(ranges: readonly CodePointRange[]): CodePointRange[] {
  const merged: CodePointRange[] = []
  for (const range of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1)
    if (last && range.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else merged.push(range)
  }
  return merged
}

/** Whether a code point is within sorted ranges. */
export function covers(ranges: readonly CodePointRange[], codePoint: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (range && range.to <= codePoint) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  return range !== undefined && range.from <= codePoint
}

function tableAt(font: Buffer, tag: string): number {
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const record = 12 + index * 16
    if (font.toString('latin1', record, record + 4) === tag) return font.readUInt32BE(record + 8)
  }
  throw new TypeError(`the font has no table ${tag}`)
}

function groupsOfFormat12(font: Buffer, at: number): CodePointRange[] {
  return Array.from({ length: font.readUInt32BE(at + 12) }, (_, index) => {
    const group = at + 16 + index * 12
    return { from: font.readUInt32BE(group), to: font.readUInt32BE(group + 4) + 1 }
  })
}

function segmentsOfFormat4(font: Buffer, at: number): CodePointRange[] {
  const doubled = font.readUInt16BE(at + 6)
  const [ends, starts, deltas, offsets] = [
    at + 14,
    at + 16 + doubled,
    at + 16 + 2 * doubled,
    at + 16 + 3 * doubled,
  ]
  const ranges: CodePointRange[] = []
  for (let segment = 0; segment < doubled; segment += 2) {
    const start = font.readUInt16BE(starts + segment)
    const delta = font.readUInt16BE(deltas + segment)
    const offset = font.readUInt16BE(offsets + segment)
    for (let code = start; code <= font.readUInt16BE(ends + segment) && code < 0xff_ff; code++) {
      const stored = offset === 0 ? code : font.readUInt16BE(offsets + segment + offset + 2 * (code - start))
      const glyph = stored === 0 ? 0 : (stored + delta) & 0xff_ff
      if (glyph !== 0) ranges.push({ from: code, to: code + 1 })
    }
  }
  return mergeRanges(ranges)
}
