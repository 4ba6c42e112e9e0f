import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts what must be used again and never shown again. */
export interface SecretBox {
  close(plain: string): string
  /** @throws where it was closed under another key */
  open(closed: string): string
}

/** @param secret any text; a key is made of it */
export function secretBox(secret: string): SecretBox {
  const key = createHash('sha256').update(`channel settings\n${secret}`).digest()
  return {
    close(plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce)
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')
    },
    open(closed) {
      const all = Buffer.from(closed, 'base64url')
      const decipher = createDecipheriv(CIPHER, key, all.subarray(0, NONCE_BYTES))
      decipher.setAuthTag(all.subarray(-TAG_BYTES))
      return decipher.update(all.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
