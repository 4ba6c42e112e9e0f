import type { Duplex } from 'node:stream'
import type { BrokerLimits } from '../limits.ts'

/** Bytes within which any CONNECT says its version: type, length, name, version. */
const AT_MOST = 1 + 4 + 2 + 6 + 1

/**
 * Does a connection that begins so speak MQTT 5? Whatever is no CONNECT of that name, or too large for one, is for the
 * other parser to judge.
 * @param mostBytes that a CONNECT may have
 * @returns undefined while it cannot be told
 */
export function speaksFive(bytes: Buffer, mostBytes: number): boolean | undefined {
  if (bytes.length === 0) return undefined
  if (bytes[0] !== 0x10) return false
  let at = 1
  let length = 0
  while (at < bytes.length && at < 5 && bytes[at]! > 127) length += (bytes[at]! & 127) << (7 * at++ - 7)
  if (at === 5) return false
  if (at < bytes.length) length += bytes[at]! << (7 * at - 7)
  const name = at + 1
  const version = name + 6
  if (bytes.length > version) return bytes.toString('latin1', name, version) === '\x00\x04MQTT' && bytes[version] === 5
  return bytes.length < AT_MOST && length <= mostBytes ? undefined : false
}

type VersionLimits = Pick<BrokerLimits, 'bytesBeforeLogin' | 'loginTimeoutMs'>

/**
 * Looks at the beginning of a connection and gives it back, so that whoever speaks its version reads all of it. Who says
 * nothing for so long is put out.
 */
export function hearVersion(stream: Duplex, limits: VersionLimits, then: (isFive: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0)
  const timer = setTimeout(() => stream.destroy(), limits.loginTimeoutMs)
  const onError = (): void => void stream.destroy()
  const look = (): void => {
    const bytes: Buffer | null = stream.read()
    if (bytes === null) return
    seen = seen.length > 0 ? Buffer.concat([seen, bytes]) : bytes
    const isFive = speaksFive(seen, limits.bytesBeforeLogin)
    if (isFive === undefined) return
    done()
    stream.unshift(seen)
    then(isFive)
  }
  const done = (): void => {
    clearTimeout(timer)
    stream.off('readable', look).off('error', onError).off('close', done).off('end', onError)
  }
  stream.on('readable', look).on('error', onError).once('close', done).on('end', onError)
}
