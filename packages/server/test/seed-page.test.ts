import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runPythonOf, runTypescriptOf } from '../../../tools/sdkgen/run-seed-page.ts'
import { newTenant, startServer } from './harness.ts'

const server = await startServer()
const page = join(import.meta.dirname, '../../../tools/sdkgen/test/authentication.txt')

for (const [language, run] of [
  ['TypeScript', runTypescriptOf],
  ['Python', runPythonOf],
] as const) {
  test(`the ${language} examples of the Authentication page work as they stand`, async () => {
    const tenant = await newTenant(server)
    const { email, password } = tenant
    const printed = await run(page, { baseUrl: server.origin, email, password })
    assert.match(printed, /Access Token: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./)
    assert.match(printed, /New access token: eyJ/)
    assert.match(printed, /API Key: sk_live_[0-9A-Za-z]{38}/)
    assert.match(printed, /Key ID: key_[0-9a-z]{26}/)
    assert.match(printed, /Production Key \(key_[0-9a-z]{26}\) - Created: 2\d{3}-/)
    assert.match(printed, /API key revoked successfully/)
  })
}
