import type { Packet } from 'mqtt-packet'

/** Breaks a rule of MQTT 3.1.1 that the parser lets pass: the connection has to end, and the packet counts for nothing. */
export function breaksProtocol(packet: Packet): boolean {
  switch (packet.cmd) {
    case 'connect':
      // 3.1.2-14: a will has QoS 0, 1 or 2.
      return (packet.will?.qos ?? 0) > 2
    case 'publish':
      // 3.3.1-2: what is sent at most once is never sent again.
      return packet.qos === 0 ? packet.dup : !isPacketId(packet.messageId)
    case 'unsubscribe':
      // 3.10.3-2: at least one filter.
      return (
        packet.unsubscriptions.length === 0 || packet.unsubscriptions.some(isNoText) || !isPacketId(packet.messageId)
      )
    case 'subscribe':
      return packet.subscriptions.some(({ topic }) => isNoText(topic)) || !isPacketId(packet.messageId)
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return !isPacketId(packet.messageId)
    default:
      return false
  }
}

/** 1.5.3-1, 1.5.3-2: what was no UTF-8 was read as U+FFFD, which no name of ours has either; and U+0000 is in no text. */
const isNoText = (text: string): boolean => /[\uFFFD\0]/.test(text)
/** 2.3.1-1: 16 bits, and not 0. */
const isPacketId = (id: number | undefined): boolean => id !== undefined && id > 0

/** The parser throws on a few malformed packets instead of saying so; thrown in an event, that would end the process. */
export function catchFaults(parser: { parse(bytes: Buffer): number }, failed: (error: Error) => void): void {
  const parse = parser.parse.bind(parser)
  parser.parse = (bytes) => {
    try {
      return parse(bytes)
    } catch (error) {
      failed(error as Error)
      return 0
    }
  }
}
