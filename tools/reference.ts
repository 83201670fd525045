import { ConfigSchema } from '../packages/server/src/config.ts'
import { refusals } from '../packages/server/src/refusal.ts'

/** docs/errors.md: how refusals look, and the closed list of their codes. */
export function errorsPage(): string {
  const rows = Object.entries(refusals).map(
    ([code, [status, sentence]]) => `| \`${code}\` | ${status} | ${sentence} |`,
  )
  return `# Errors

<!-- Written by \`npm run generate\` from packages/server/src/refusal.ts; not to be edited. -->

Every refusal is JSON, and its \`statusCode\` is the status of the answer. The request's id is in the header \`X-Request-Id\`; say it when you ask for help.

- **401** \`{"statusCode":401,"message":"Invalid or missing authentication credentials"}\`, whatever the reason.
- **403** \`{"statusCode":403,"message":"Insufficient permissions. Required: customers:write"}\`, naming the scope, the role or the kind of credential that is needed.
- **429** \`{"statusCode":429,"message":"Rate limit exceeded. Try again in 30 seconds","retryAfter":30}\`: waiting that long always works. \`Retry-After\` says the same.
- All others carry a \`code\` from the list below and a \`message\`. A **400** also lists every fault at once: \`"errors":[{"path":"prices[0].amount","message":"must be whole: UGX has no decimals"}]\`.
- **409** \`busy\` and \`idempotency_key_in_use\`, and **503**, come with \`Retry-After\`: the same request may succeed later.

Checks come in this order: who you are (401), how often (429), what you may (403), whether the request is valid (400), whether its objects exist (404), whether they can do that now (409). An object of another tenant is one that does not exist.

| Code | Status | Message |
| --- | --- | --- |
${rows.join('\n')}
`
}

/** docs/configuration.md: every environment variable. */
export function configurationPage(): string {
  const rows = Object.entries(ConfigSchema.properties).map(([name, schema]) => {
    const fallback: unknown = Reflect.get(schema, 'default')
    const meaning = String(Reflect.get(schema, 'description'))
    return `| \`${name}\` | ${fallback === '' ? '' : `\`${String(fallback)}\``} | ${meaning} |`
  })
  return `# Configuration

<!-- Written by \`npm run generate\` from packages/server/src/config.ts; not to be edited. -->

NovaBilling is set by environment variables. Nothing has to be set to try it: it brings its own PostgreSQL and makes its secrets.

| Variable | Default | Meaning |
| --- | --- | --- |
${rows.join('\n')}

With \`DATABASE_URL\` set, \`JWT_SECRET\` and \`ENCRYPTION_KEY\` are required. A variable that begins with \`NOVA_\` is refused: no setting has such a name, so it is a mistake.

## Your own PostgreSQL

\`DATABASE_URL\` is the owner of the database: it may create roles and tables. At every start NovaBilling brings the schema up to date, and makes two roles that own nothing: \`nova_api\`, which answers requests and sees one tenant at a time, and \`nova_worker\`, which runs what is due. Where the owner may not create roles, make them yourself and give their URLs as \`API_DATABASE_URL\` and \`WORKER_DATABASE_URL\`. A superuser, a role with BYPASSRLS or an owner of tables is refused for the API, because it would escape the isolation between tenants.

## Memory

\`npm start\` gives Node a heap of at most 512 MB and a small nursery, which keeps the idle process under 200 MB. Start \`node packages/server/src/main.ts\` with flags of your own to change that.

## More than one process

\`npm start -- api\` answers requests only, \`npm start -- worker\` only runs what is due; any number of both may share one database. The rate limit is counted by each API process on its own.
`
}
