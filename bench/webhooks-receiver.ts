import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A fast receiver: `/fast` answers at once and notes how long the event took to arrive, `/dead` never answers. A line on
 * its input asks for what it has noted since the last one.
 */
let latenciesMs: number[] = []
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (request.url === '/dead') return
    response.writeHead(200).end()
    const event = JSON.parse(Buffer.concat(parts).toString('utf8'))
    latenciesMs.push(performance.timeOrigin + performance.now() - event.data.writtenAtMs)
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${port}\n`)
})
process.stdin.on('data', () => {
  process.stdout.write(`${JSON.stringify(latenciesMs)}\n`)
  latenciesMs = []
})
