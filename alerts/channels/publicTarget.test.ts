import { expect, test } from 'vitest'
import { publicTargets } from './publicTarget.ts'

test.each([
  'https://127.0.0.1/x',
  'https://2130706433/x',
  'https://0x7f.1/x',
  'https://localhost/x',
  'https://localhost./x',
  'https://169.254.169.254/latest/meta-data',
  'https://10.1.2.3/',
  'https://172.31.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fd12:3456::1]/',
  'https://[fe80::1]/',
])('%s is refused', async (url) => {
  expect(await publicTargets([]).isPrivate(url)).toBe(true)
})

test.each(['https://8.8.8.8/', 'https://[2606:4700::1111]/', 'https://172.32.0.1/', 'https://[::ffff:8.8.8.8]/'])(
  '%s is not',
  async (url) => {
    expect(await publicTargets([]).isPrivate(url)).toBe(false)
  },
)

test('a network that is allowed may be called, and no other', async () => {
  const targets = publicTargets(['10.0.0.0/8', '::1'])
  expect(await targets.isPrivate('https://10.1.2.3/')).toBe(false)
  expect(await targets.isPrivate('https://[::1]/')).toBe(false)
  expect(await targets.isPrivate('https://192.168.1.1/')).toBe(true)
})

test('a name that came to lead inside is refused at the call, and nothing is connected', async () => {
  const call = fetchThrough('https://localhost:1/')
  await expect(call).rejects.toThrow('a private address')
})

async function fetchThrough(url: string): Promise<void> {
  const { request } = await import('node:https')
  await new Promise<void>((resolve, reject) =>
    request(url, { agent: publicTargets([]).agent }, () => resolve())
      .on('error', reject)
      .end(),
  )
}
