import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'

const server = await startServer()

test('pages by number and by cursor go over everything once, in order', async () => {
  const { test: ask } = await newTenant(server)
  for (let count = 0; count < 25; count++) {
    await ask('POST', '/customers', {
      email: `c${count}@example.com`,
      name: count % 3 === 0 ? 'Same' : `N${count}`,
    })
  }
  for (const sort of [
    '',
    '&sortBy=name',
    '&sortBy=name&sortOrder=desc',
    '&sortBy=email',
    '&sortBy=createdAt&sortOrder=asc',
  ]) {
    const numbered: string[] = []
    for (let page = 1; page <= 3; page++) {
      const { body } = await ask('GET', `/customers?limit=10&page=${page}${sort}`)
      assert.deepEqual(
        { ...body.meta, nextCursor: undefined },
        { total: 25, page, limit: 10, totalPages: 3, nextCursor: undefined },
      )
      numbered.push(...body.data.map(({ id }: { id: string }) => id))
    }
    const followed: string[] = []
    let next = `/customers?limit=7${sort}`
    for (;;) {
      const { body } = await ask('GET', next)
      followed.push(...body.data.map(({ id }: { id: string }) => id))
      if (body.meta.nextCursor === null) break
      next = `/customers?limit=7${sort}&cursor=${body.meta.nextCursor}`
    }
    assert.equal(new Set(followed).size, 25)
    assert.deepEqual(followed, numbered, sort)
  }
})

test('a cursor opens only the list, the filters and the environment it came from', async () => {
  const [a, b] = [await newTenant(server), await newTenant(server)]
  for (let count = 0; count < 3; count++)
    await a.test('POST', '/customers', { email: `c${count}@example.com` })
  const { nextCursor } = (await a.test('GET', '/customers?limit=1')).body.meta
  assert.equal((await a.test('GET', `/customers?limit=2&cursor=${nextCursor}`)).status, 200)
  const [body = '', signature = ''] = String(nextCursor).split('.')
  const edited = Buffer.from(Buffer.from(body, 'base64url').toString().replace('2', '3')).toString(
    'base64url',
  )
  for (const [ask, path] of [
    [b.test, `/customers?cursor=${nextCursor}`],
    [a.live, `/customers?cursor=${nextCursor}`],
    [a.test, `/customers?sortBy=name&cursor=${nextCursor}`],
    [a.test, `/customers?status=ACTIVE&cursor=${nextCursor}`],
    [a.test, `/plans?cursor=${nextCursor}`],
    [a.test, `/customers?cursor=${edited}.${signature}`],
    [a.test, `/customers?cursor=${body}`],
    [a.test, `/customers?page=1&cursor=${nextCursor}`],
  ] as const) {
    const answer = await ask('GET', path)
    assert.equal(answer.status, 400, path)
    assert.equal(answer.body.errors[0].path, 'cursor')
  }
})

test('a limit above 100, or no whole number, is refused', async () => {
  const { test: ask } = await newTenant(server)
  for (const limit of ['101', '0', '-1', '1.5', 'x', '']) {
    const { status, body } = await ask('GET', `/customers?limit=${limit}`)
    assert.equal(status, 400, limit)
    assert.equal(body.errors[0].path, 'limit')
  }
})

test('a search takes its characters as they are', async () => {
  const { test: ask } = await newTenant(server)
  await ask('POST', '/customers', { email: 'one@example.com', name: '100% Cotton_Ltd' })
  await ask('POST', '/customers', { email: 'two@example.com', name: '1000 Cottons', externalId: 'EXT-7' })
  const found = async (search: string): Promise<number> =>
    (await ask('GET', `/customers?search=${encodeURIComponent(search)}`)).body.meta.total
  assert.equal(await found('100%'), 1)
  assert.equal(await found('cotton_'), 1)
  assert.equal(await found('cotton'), 2)
  assert.equal(await found('ext-7'), 1)
  assert.equal(await found('\\'), 0)
})
