import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

export const ndjson = 'application/x-ndjson'

/** No line is longer, so that a body without an end of line does not fill the memory. */
const longestLine = 65_536

/** One line of a body, from 1; undefined where it is too long to be read. */
export type Line = { readonly number: number; readonly text: string | undefined }

/** Hands bodies of lines on as they are, to the routes that read them as they come. */
export function passOnLines(app: FastifyInstance): void {
  app.addContentTypeParser(ndjson, (_request, payload, done) => done(null, payload))
}

export function isLines(body: unknown): body is Readable {
  return body instanceof Readable
}

/** The lines of a body that are not blank. Nothing is read ahead of the one who asks: the sender waits for it. */
export async function* linesOf(body: Readable): AsyncGenerator<Line> {
  const decoder = new TextDecoder()
  let rest = ''
  let isTooLong = false
  let number = 0
  const end = (text: string): Line => {
    const line = { number: ++number, text: isTooLong || text.length > longestLine ? undefined : text }
    isTooLong = false
    return line
  }
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const line = end(part)
      if (line.text?.trim() !== '') yield line
    }
    if (rest.length > longestLine) {
      isTooLong = true
      rest = ''
    }
  }
  const line = end(rest + decoder.decode())
  if (line.text?.trim() !== '') yield line
}
