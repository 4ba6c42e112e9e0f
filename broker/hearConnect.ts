import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import packets, { type IConnectPacket } from 'mqtt-packet'
import type { BrokerLimits } from './limits.ts'

/** By what a connection says who it is; nothing of it is believed yet. */
export type Claimed = Pick<IConnectPacket, 'clientId' | 'username'> & { password?: string | undefined }

/** Takes connections that came in elsewhere, nothing of which was read. */
export interface Adopts {
  adopt(stream: Duplex, request?: IncomingMessage): void
}
/** Whose a connection is that claims so; undefined: of whoever asks. */
export type Elsewhere = (claimed: Claimed) => Promise<Adopts | undefined>

/**
 * Reads the first packet of a connection, gives all of it back, and says whose it is. Whatever is no CONNECT, or too large
 * for one, claims nothing and is for whoever asks to refuse. Who says nothing for so long is put out, as is whom nobody
 * takes in that time.
 */
export function hearConnect(
  stream: Duplex,
  limits: Pick<BrokerLimits, 'bytesBeforeLogin' | 'loginTimeoutMs'>,
  elsewhere: Elsewhere,
  then: (other: Adopts | undefined) => void,
): void {
  let seen: Buffer = Buffer.alloc(0)
  const timer = setTimeout(() => stream.destroy(), limits.loginTimeoutMs)
  const onError = (): void => void stream.destroy()
  const look = (): void => {
    const bytes: Buffer | null = stream.read()
    if (bytes === null) return
    seen = seen.length > 0 ? Buffer.concat([seen, bytes]) : bytes
    const claimed = claimedIn(seen)
    if (claimed === 'more' && seen.length <= limits.bytesBeforeLogin) return
    stream.off('readable', look).off('end', onError)
    void bring(claimed === 'more' ? undefined : claimed)
  }
  const bring = async (claimed: Claimed | undefined): Promise<void> => {
    // Who cannot be asked is not here: the client comes again.
    const other = claimed && (await elsewhere(claimed).catch(() => undefined))
    done()
    if (stream.destroyed) return
    stream.unshift(seen)
    then(other)
  }
  const done = (): void => {
    clearTimeout(timer)
    stream.off('error', onError).off('close', done)
  }
  stream.on('readable', look).on('error', onError).once('close', done).on('end', onError)
}

/** @returns `more` while the packet is not whole; undefined for what is no CONNECT */
export function claimedIn(bytes: Buffer): Claimed | undefined | 'more' {
  if (bytes[0] !== 0x10) return bytes.length === 0 ? 'more' : undefined
  const found: { claimed?: Claimed | undefined; isOther?: boolean } = {}
  const parser = packets.parser()
  parser.on('packet', (packet) => {
    if (found.claimed || packet.cmd !== 'connect') return
    const { clientId, username, password } = packet
    found.claimed = { clientId, username, password: password?.toString() }
  })
  parser.on('error', () => {
    found.isOther = true
  })
  parser.parse(bytes)
  if (found.claimed) return found.claimed
  return found.isOther ? undefined : 'more'
}
