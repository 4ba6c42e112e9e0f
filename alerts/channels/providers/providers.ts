import { aliyunSms, aliyunVoice } from './aliyun.ts'
import type { Provider } from './provider.ts'
import { dingTalkRobot, feishuRobot, wecomRobot } from './robots.ts'
import { twilioSms, twilioVoice } from './twilio.ts'
import { wechatTemplate } from './wechat.ts'

/** Every company that messages can be carried by, as settings name them. */
export const providers = {
  'twilio-sms': twilioSms,
  'twilio-voice': twilioVoice,
  'aliyun-sms': aliyunSms,
  'aliyun-voice': aliyunVoice,
  'wechat-template': wechatTemplate,
  'wecom-robot': wecomRobot,
  'dingtalk-robot': dingTalkRobot,
  'feishu-robot': feishuRobot,
} as const satisfies Record<string, Provider>

export type ProviderKind = keyof typeof providers
export const providerKinds = Object.keys(providers) as ProviderKind[]
export const providerOf = (kind: ProviderKind): Provider => providers[kind]
