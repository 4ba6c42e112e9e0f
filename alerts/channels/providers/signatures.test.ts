import { expect, test } from 'vitest'
import { signedByAliyun } from './aliyun.ts'
import { smsText, twilioSignature } from './twilio.ts'

test('Twilio’s own example of its signature', () => {
  const form = new URLSearchParams({
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  })
  const signature = twilioSignature('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', form)
  expect(signature).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=')
})

test('Alibaba Cloud’s own example of signature version 3', () => {
  const { headers } = signedByAliyun(
    {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' },
      at: Date.UTC(2023, 9, 26, 10, 22, 32),
      nonce: '3156853299f313e23d1673dc12e1703d',
    },
    { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' },
  )
  expect(headers.authorization).toBe(
    'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  )
})

test('a long text is cut, and the way to the page stays whole', () => {
  const link = `https://example.org/t/${'x'.repeat(60)}`
  const text = smsText({ title: 'T', text: 'y'.repeat(1_000), link })
  expect(text.length).toBe(480)
  expect(text.endsWith(`…\n${link}`)).toBe(true)
})
