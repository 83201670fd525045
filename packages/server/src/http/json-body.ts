import type { FastifyInstance } from 'fastify'
import { invalid } from '../refusal.ts'

const exponentNumber = /[:[,\s]-?\d+(?:\.\d+)?[eE][+-]?\d+/
const escapedNul = /\\u0000/

/**
 * Reads JSON bodies. An empty one is an empty object, so that every missing field is named. Numbers in exponent
 * form become NaN, which no shape takes: an amount means exactly what it says. NUL characters, which
 * PostgreSQL's text cannot hold, are refused.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    if (text === '') return done(null, {})
    void parse(request, text, (error, body: unknown) => {
      if (error) return done(error)
      try {
        // Both are rare, so the walk is only taken where the text may need it.
        if (escapedNul.test(text)) refuseNul(body, '')
        done(null, exponentNumber.test(text) ? withoutExponents(text) : body)
      } catch (fault) {
        done(fault instanceof Error ? fault : new Error(String(fault)))
      }
    })
  })
}

/** @throws Refusal that names the field with a NUL character */
export function refuseNul(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw invalid({ path, message: 'must not contain a NUL character' })
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseNul(item, `${path}[${index}]`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      if (name.includes('\0')) throw invalid({ path, message: 'must not contain a NUL character' })
      refuseNul(field, path === '' ? name : `${path}.${name}`)
    }
  }
}

/** A line of JSON, read as a body is. @throws SyntaxError or Refusal when it is none */
export function parseLine(text: string): unknown {
  const parsed: unknown = exponentNumber.test(text) ? withoutExponents(text) : JSON.parse(text)
  if (escapedNul.test(text)) refuseNul(parsed, '')
  return parsed
}

type ReviverContext = { source?: string }

function withoutExponents(text: string): unknown {
  const revive = (_name: string, value: unknown, context?: ReviverContext): unknown =>
    typeof value === 'number' && /[eE]/.test(context?.source ?? '') ? Number.NaN : value
  return JSON.parse(text, revive)
}
