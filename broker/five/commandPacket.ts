import type { IPublishPacket } from 'mqtt-packet'
import { SECOND } from '../../core/index.ts'
import type { DownMessage } from '../peer.ts'

/**
 * A command as MQTT 5 says it: until when it is good, where it is answered, and by which mark.
 * @param identifiers of the subscriptions that it comes for
 */
export const commandPacket = (message: DownMessage, identifiers: number[]): IPublishPacket => ({
  cmd: 'publish',
  topic: message.topic,
  payload: message.payload,
  qos: message.qos,
  dup: message.dup,
  retain: false,
  ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
  properties: {
    payloadFormatIndicator: true,
    contentType: 'application/json',
    messageExpiryInterval: Math.max(1, Math.ceil(message.expiresInMs / SECOND)),
    responseTopic: message.answerTo,
    correlationData: Buffer.from(message.command),
    ...(identifiers.length > 0 ? { subscriptionIdentifier: identifiers } : {}),
  },
})
