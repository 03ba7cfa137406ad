// Verifies with the public keys of GET /.well-known/jwks.json?kid=…: your server keeps no secret.
import { createPublicKey, verify } from 'node:crypto'

export function signedByKeySet(headers, body, jwks) { // body is a Buffer with the bytes as they came
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers
  if (!id || !signatures || !(Math.abs(Date.now() / 1000 - Number(at)) < 300)) return false
  const content = Buffer.concat([Buffer.from(`${id}.${at}.`), body])
  const given = signatures.split(' ').filter(s => s.startsWith('v1a,')).map(s => Buffer.from(s.slice(4), 'base64'))
  return jwks.keys.some(jwk => {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return given.some(s => verify(null, content, key, s))
  })
}
