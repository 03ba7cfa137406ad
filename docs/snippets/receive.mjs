// A webhook for Chattigo: it verifies, drops repeats, and answers. Node 18 or later, no libraries.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const keys = process.env.WEBHOOK_SECRETS.split(' ') // two during a rotation
  .map(secret => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
const seen = new Set() // in production: a table with a unique key

function signed(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers
  if (!id || !signatures || !(Math.abs(Date.now() / 1000 - Number(at)) < 300)) return false
  const given = signatures.split(' ').filter(s => s.startsWith('v1,')).map(s => Buffer.from(s.slice(3)))
  return keys.some(key => {
    const mac = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64')
    return given.some(s => s.length === mac.length && timingSafeEqual(s, Buffer.from(mac)))
  })
}

async function read(request) {
  const chunks = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > 1 << 20) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks) // the bytes as they came
}

createServer(async (request, response) => {
  const body = await read(request).catch(() => null)
  if (body === null || !signed(request.headers, body)) {
    response.writeHead(401).end()
    return
  }
  const id = request.headers['webhook-id']
  if (!seen.has(id)) {
    seen.add(id)
    // Not for Graph: the test, which has chattigoTest, and the notice, {"chatBeenClosed":…}.
    console.log('new', id) // here: put the body into your own queue
  }
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
}).listen(Number(process.env.PORT), '127.0.0.1')
