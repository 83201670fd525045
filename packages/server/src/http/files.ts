import type { FastifyReply } from 'fastify'

/** A file as an answer: its bytes, its media type, its name, and whether a browser shows or saves it. */
export type FileAnswer = {
  readonly bytes: Uint8Array
  readonly type: string
  readonly name: string
  readonly shown: 'inline' | 'attachment'
}

/** Answers with a file. It is never cached by others, and read as nothing but its type. */
export function sendFile(reply: FastifyReply, { bytes, type, name, shown }: FileAnswer): FastifyReply {
  return reply
    .type(type)
    .header('content-disposition', `${shown}; filename="${name}"`)
    .header('cache-control', 'private, no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** Whether a caller would rather have JSON than the PDF itself. */
export function wantsJson(accept: string | undefined): boolean {
  const kinds = (accept ?? '').split(',').map((kind) => kind.split(';')[0]?.trim())
  return kinds.includes('application/json') && !kinds.includes('application/pdf')
}
