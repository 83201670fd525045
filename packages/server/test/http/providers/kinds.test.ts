import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerNames } from '../../../src/slices/providers/index.ts'
import { newTenant, startServer } from '../../harness.ts'

const server = await startServer()

test('each provider there is tells of what an account at it consists, as creating one asks for it', async () => {
  const { test: as, live } = await newTenant(server)
  const { status, body, text } = await as('GET', '/payment-providers/kinds')
  assert.equal(status, 200, text)
  assert.deepEqual(
    body.providers.map((kind: { providerName: string }) => kind.providerName).toSorted(),
    providerNames.filter((name) => name !== 'SANDBOX').toSorted(),
  )
  assert.deepEqual((await live('GET', '/payment-providers/kinds')).body, body)
  for (const { providerName, credentials } of body.providers) {
    const refused = await as('POST', '/payment-providers', { providerName, credentials: {} })
    assert.equal(refused.status, 400)
    assert.deepEqual(
      refused.body.errors.map(({ path }: { path: string }) => path),
      credentials
        .filter(({ required }: { required: boolean }) => required)
        .map(({ name }: { name: string }) => `credentials.${name}`),
      providerName,
    )
  }
})
