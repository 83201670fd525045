import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { StartupError } from './startup-error.ts'

const text = (description: string, options: object = {}) =>
  Type.String({ description, minLength: 1, ...options })
const count = (description: string, options: object = {}) =>
  Type.Integer({ description, minimum: 1, ...options })

/** Every environment variable the server reads. The documentation's table is made from this. */
export const ConfigSchema = Type.Object({
  PORT: Type.Integer({
    description: 'Port to listen on; 0 takes a free one',
    default: 3000,
    minimum: 0,
    maximum: 65_535,
  }),
  HOST: text('Address to listen on', { default: '0.0.0.0' }),
  PUBLIC_URL: text(
    'How users reach this server, for links in mails and documents; default `http://localhost:PORT`',
    { default: '', minLength: 0 },
  ),
  DATA_DIR: text('Folder of the embedded database and its generated secrets', { default: './data' }),
  DATABASE_URL: text(
    "Your own PostgreSQL (15 or newer) instead of the embedded one: the owner's URL, which runs migrations",
    { default: '', minLength: 0 },
  ),
  API_DATABASE_URL: text('URL of the role that answers requests; default: made from DATABASE_URL', {
    default: '',
    minLength: 0,
  }),
  WORKER_DATABASE_URL: text('URL of the role that runs what is due; default: made from DATABASE_URL', {
    default: '',
    minLength: 0,
  }),
  DATABASE_ROLE_PREFIX: text(
    'Prefix of the three roles; change it to keep several installations on one server',
    { default: 'nova', pattern: '^[a-z][a-z0-9_]{0,30}$' },
  ),
  DATABASE_POOL_SIZE: count(
    'Connections of the API; the worker has a quarter as many, at least two, and so do test clocks while they are moved',
    {
      default: 10,
      maximum: 500,
    },
  ),
  JWT_SECRET: text(
    'Signs session tokens, at least 32 characters; generated into DATA_DIR with the embedded database',
    { default: '', minLength: 0 },
  ),
  ENCRYPTION_KEY: text(
    'Seals stored secrets, at least 32 characters; generated into DATA_DIR with the embedded database',
    { default: '', minLength: 0 },
  ),
  RATE_LIMIT_PER_MINUTE: count('Requests a minute a tenant', { default: 100, maximum: 1_000_000 }),
  USAGE_KEPT_DAYS: count(
    'Days for which events of usage are kept; what they add up to stays. At least the longest billing period and 35 days',
    { default: 400, minimum: 70, maximum: 36_500 },
  ),
  TRUST_PROXY: text(
    'Proxies whose X-Forwarded-For is believed, as a comma-separated list of addresses or ranges',
    { default: '', minLength: 0 },
  ),
  METRICS_PORT: Type.Integer({
    description: 'Serve /metrics on this port of the loopback address instead of the public one; 0: public',
    default: 0,
    minimum: 0,
    maximum: 65_535,
  }),
  WEBHOOK_TARGETS: Type.Union([Type.Literal('public'), Type.Literal('any')], {
    description:
      'Where webhooks and tenants’ own mail servers may be: `public` (https, public addresses), or `any` (also http, any port and your own network; for development and installations of your own)',
    default: 'public',
  }),
  LOG_LEVEL: Type.Union(
    ['debug', 'info', 'warn', 'error', 'silent'].map((level) => Type.Literal(level)),
    { description: 'debug, info, warn, error or silent', default: 'info' },
  ),
  PROVIDER_URLS: text(
    'Other addresses of payment providers for live environments, as `PAYSTACK=https://…,STRIPE=https://…`',
    { default: '', minLength: 0 },
  ),
  TEST_PROVIDER_URLS: text(
    'The same for test environments, such as those of `novabilling simulate-provider`',
    { default: '', minLength: 0 },
  ),
  SMTP_URL: text(
    'Where mail goes, as `smtp://user:password@host:port`; without it mails to members are shown in the log, and customers of tenants without a mail server of their own get none',
    { default: '', minLength: 0 },
  ),
  MAIL_CATCHER_PORT: Type.Integer({
    description:
      'For development: shows mails that go to nobody (those of test environments, and all without a mail server) on this port of the loopback address; 0: nowhere',
    default: 0,
    minimum: 0,
    maximum: 65_535,
  }),
  MAIL_FROM: text('Sender of mails', { default: 'NovaBilling <billing@localhost>' }),
})

export type Config = Static<typeof ConfigSchema>

const known: readonly string[] = Object.keys(ConfigSchema.properties)
const publicSecrets = [
  'secret',
  'changeme',
  'novabilling',
  'password',
  'your-secret',
  'jwt_secret',
  'jwt-secret',
  '0123456789',
]

/**
 * Reads the configuration, the only place that does.
 * @throws StartupError that names the variable and the fix
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('NOVA_'))
      throw new StartupError(
        `${name} is not a setting of NovaBilling. See docs/configuration.md for the list.`,
      )
  }
  const given: Record<string, unknown> = {}
  for (const name of known) {
    const value = environment[name]
    if (value === undefined || value === '') continue
    const isNumber = Reflect.get(Reflect.get(ConfigSchema.properties, name), 'type') === 'integer'
    given[name] = isNumber && /^\d+$/.test(value) ? Number(value) : value
  }
  const filled = Value.Default(ConfigSchema, given)
  const [fault] = Value.Errors(ConfigSchema, filled)
  if (fault) {
    const name = fault.instancePath.slice(1).split('/')[0] ?? ''
    const description = Reflect.get(Reflect.get(ConfigSchema.properties, name) ?? {}, 'description')
    throw new StartupError(
      `${name} ${fault.message}, and it is "${environment[name]}". It means: ${description}.`,
    )
  }
  const config = Value.Parse(ConfigSchema, filled)
  for (const name of ['DATABASE_URL', 'API_DATABASE_URL', 'WORKER_DATABASE_URL'] as const) {
    if (config[name] !== '' && !/^postgres(ql)?:\/\//.test(config[name])) {
      throw new StartupError(
        `${name} is not the URL of a PostgreSQL, such as postgres://user:password@host:5432/database.`,
      )
    }
  }
  return config
}

/**
 * Refuses a secret that is short or well known.
 * @throws StartupError that says how to make a good one
 */
export function checkSecret(name: 'JWT_SECRET' | 'ENCRYPTION_KEY', secret: string): void {
  const fix = `Set ${name} to at least 32 random characters, such as the output of: openssl rand -base64 48`
  if (secret === '') throw new StartupError(`${name} is required when DATABASE_URL is set. ${fix}`)
  if (Buffer.byteLength(secret) < 32) throw new StartupError(`${name} is shorter than 32 characters. ${fix}`)
  const repeated = new Set(secret).size < 8
  const isPublic = publicSecrets.some((word) => secret.toLowerCase().replaceAll(word, '').length < 8)
  if (repeated || isPublic) throw new StartupError(`${name} is easy to guess. ${fix}`)
}
