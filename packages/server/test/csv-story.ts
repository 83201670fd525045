import assert from 'node:assert/strict'

/** A cell: in quotes, in which a quote is two, or bare; and what ends it. */
const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy

/** The rows of a file as RFC 4180 has them, by the names of their columns. A file that is not of that form is a failure. */
export function rowsOfCsv(text: string): Record<string, string>[] {
  assert.ok(text.startsWith('\uFEFF'), 'it begins with a byte order mark')
  const lines: string[][] = [[]]
  cells.lastIndex = 1
  let read = 1
  for (const [whole, quoted, bare, end] of text.matchAll(cells)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === '\r\n') lines.push([])
    read += whole.length
  }
  assert.equal(read, text.length, `cannot be read from ${JSON.stringify(text.slice(read, read + 40))}`)
  assert.deepEqual(lines.pop(), [], 'the last line is ended as every other')
  const [names = [], ...rest] = lines
  return rest.map((line) => {
    assert.equal(line.length, names.length, line.join())
    return Object.fromEntries(names.map((name, at) => [name, line[at] ?? '']))
  })
}
