// FIELD H: an owner's account keeps the pages whose link its owner has shown, as long as they are theirs, and opens nothing else.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  const kind = { kind: 'fridge', model: 'M' }
  const mia = { owner: { name: 'Mia', contact: 'mia@example.org' } }
  for (const id of ['m1', 'm2']) await program.call('POST', '/api/appliances', { id, ...kind, ...mia })
  const tom = { owner: { name: 'Tom', contact: 'tom@example.org' } }
  await program.call('POST', '/api/appliances', { id: 't1', ...kind, ...tom })
  for (const name of ['mia', 'eve'])
    await program.call('POST', '/api/accounts', { name, password: PASSWORD, roles: ['owner'] })
  await program.call('POST', '/api/accounts', { name: 'dan', password: PASSWORD, roles: ['dispatcher'] })
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

interface Homes {
  items: { appliance: string; path: string; name: string; appliances: { id: string }[] }[]
}
async function signedIn(name: string) {
  const headers = { 'content-type': 'application/json', origin: program.url }
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name, password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return async <T = Homes>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> => {
    const answer = await fetch(program.url + path, {
      method,
      headers: { ...headers, cookie },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, body: (await answer.json()) as T }
  }
}
const linkTo = async (id: string): Promise<string> =>
  (await program.call<{ link: string }>('GET', `/api/appliances/${id}/own-page`)).link

test('H an owner keeps the page of a link, and finds all of their appliances there', async () => {
  const mia = await signedIn('mia')
  expect(await mia('GET', '/api/home')).toEqual({ status: 200, body: { items: [] } })
  const link = await linkTo('m1')
  const { body } = await mia('POST', '/api/home', { link })
  expect(body.items).toMatchObject([{ name: 'Mia', appliances: [{ id: 'm1' }, { id: 'm2' }] }])
  const [home] = body.items
  expect((await fetch(`${program.url}/api/p/${home?.path.slice(3)}/home`)).status).toBe(200)
  // Once more is the same; a link that opens nothing keeps nothing.
  expect((await mia('POST', '/api/home', { link: await linkTo('m2') })).body.items).toHaveLength(1)
  expect((await mia('POST', '/api/home', { link: `${link.slice(0, -3)}AAA` })).status).toBe(404)
  expect((await mia('POST', '/api/home', { link: '/t/x' })).status).toBe(404)
})

test('H nobody else has it: not another owner, not who works here, not a token', async () => {
  const eve = await signedIn('eve')
  expect((await eve('GET', '/api/home')).body.items).toEqual([])
  expect((await eve('DELETE', '/api/home/m1')).body.items).toEqual([])
  const dan = await signedIn('dan')
  expect((await dan('GET', '/api/home')).status).toBe(403)
  expect((await dan('POST', '/api/home', { link: await linkTo('m1') })).status).toBe(403)
  await expect(program.call('GET', '/api/home')).rejects.toThrow(/403|not-allowed/)
  const mia = await signedIn('mia')
  expect((await mia('GET', '/api/home')).body.items).toHaveLength(1)
  expect((await mia('GET', '/api/appliances/m1')).status).toBe(403)
})

test('H what is sold is its former owner’s no more, and the other appliance stays', async () => {
  const mia = await signedIn('mia')
  const to = { owner: { name: 'Tom', contact: 'tom@example.org' } }
  await program.call('POST', '/api/appliances/m1/transfer', { ...to, why: 'sold' })
  const { body } = await mia('GET', '/api/home')
  expect(body.items).toMatchObject([{ appliance: 'm2', name: 'Mia', appliances: [{ id: 'm2' }] }])
  await program.call('POST', '/api/appliances/m2/transfer', { ...to, why: 'sold' })
  expect((await mia('GET', '/api/home')).body.items).toEqual([])
})

test('H it is let go, and an owner who is erased takes their account along', async () => {
  const eve = await signedIn('eve')
  await eve('POST', '/api/home', { link: await linkTo('t1') })
  expect((await eve('GET', '/api/home')).body.items).toMatchObject([
    { appliances: [{ id: 'm1' }, { id: 'm2' }, { id: 't1' }] },
  ])
  const [home] = (await eve('GET', '/api/home')).body.items
  expect((await eve('DELETE', `/api/home/${home?.appliance}`)).body.items).toEqual([])
  await eve('POST', '/api/home', { link: await linkTo('t1') })
  const report = await program.call<{ erased: { what: string; count: number }[] }>('POST', '/api/appliances/t1/erase', {
    confirm: 't1',
  })
  expect(report.erased).toContainEqual({ what: 'accounts', count: 1 })
  expect((await eve<{ code: string }>('GET', '/api/home')).status).toBe(401)
  const { items } = await program.call<{ items: { name: string }[] }>('GET', '/api/accounts')
  expect(items.map(({ name }) => name)).not.toContain('eve')
})
