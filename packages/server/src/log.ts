import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Structured log lines without secrets: what could carry one is never handed to it, and these names are cut besides. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          'password',
          'token',
          'authorization',
          'key',
          '*.password',
          '*.token',
          '*.authorization',
          '*.secret',
        ],
        censor: '[hidden]',
      },
      serializers: { err: describeError },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  )
}

/** An error's own words and where it came from; the values of a failed statement stay out. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack } = error
  return {
    name,
    message,
    stack,
    ...('code' in error ? { code: error.code } : {}),
    ...('constraint' in error ? { constraint: error.constraint } : {}),
    ...('statement' in error ? { statement: error.statement } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
