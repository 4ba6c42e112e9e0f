import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../core/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'

interface Route {
  queue: { id: string; agents: string[] }
  because: string
  menu: { key: string }[]
  appliances: { id: string }[]
}

onBothDatabases('queues', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    const owner = (segment?: string, phone?: string) => ({
      owner: {
        name: 'Ann',
        contact: `${segment ?? 'any'}@example.invalid`,
        language: 'en' as const,
        ...(segment ? { segment } : {}),
        ...(phone ? { phone } : {}),
      },
    })
    await api.register('v1', owner('vip', '+49 171 5550001'))
    await api.register('s1', owner(undefined, '+49 171 5550002'))
    const { rules } = await api.call<{ rules: { rule: string; value: { id: string }[] }[] }>('GET', '/api/policy')
    const queues = rules.find(({ rule }) => rule === 'queues')!.value
    await api.call('PUT', '/api/policy/queues', {
      value: queues.map((queue) => (queue.id === 'vip' ? { ...queue, agents: ['senior-anna'] } : queue)),
      why: 'she knows them all',
    })
  })
  afterAll(() => api.close())

  test('S18 a VIP who calls is led to the senior agents at once, whatever they press', async () => {
    const known = await api.call<Route>('GET', `/api/calls/route?phone=${encodeURIComponent('0049 171 5550001')}&key=1`)
    expect(known).toMatchObject({ queue: { id: 'vip', agents: ['senior-anna'] }, because: 'segment' })
    expect(known.appliances.map(({ id }) => id)).toEqual(['v1'])
  })

  test('S18 everybody else is led by the menu, and asked first', async () => {
    const asked = await api.call<Route>('GET', `/api/calls/route?phone=${encodeURIComponent('+491715550002')}`)
    expect(asked).toMatchObject({ because: 'asked' })
    expect(asked.menu.map(({ key }) => key)).toEqual(['1', '2', '3'])
    expect(await api.call('GET', '/api/calls/route?key=3')).toMatchObject({ queue: { id: 'buy' }, because: 'menu' })
  })

  test('S18 a VIP’s ticket has its tier’s promise, and stands in its own queue, the most urgent first', async () => {
    const made: Record<string, { id: string; createdAt: number; clocks: { name: string; dueAt: number }[] }> = {}
    for (const id of ['s1', 'v1']) made[id] = await api.call('POST', `/api/appliances/${id}/report`, { text: 'warm' })
    const response = (id: string) => {
      const { clocks, createdAt } = made[id]!
      return (clocks.find(({ name }) => name === 'first-response')!.dueAt - createdAt) / HOUR
    }
    expect(response('v1')).toBe(0.5)
    expect(response('s1')).toBe(1)
    const { items } = await api.call<{ items: { id: string; tickets: { appliance: string }[] }[] }>(
      'GET',
      '/api/queues',
    )
    const inQueue = (id: string) => items.find((queue) => queue.id === id)?.tickets.map(({ appliance }) => appliance)
    expect(inQueue('vip')).toEqual(['v1'])
    expect(inQueue('repair')).toEqual(['s1'])
    // It is closed without a visit: nobody is owed anything, and the queue is for what is still to be done.
    await api.call('POST', `/api/tickets/${made.s1?.id}/close`, { engineer: 'e1', cause: 'none', parts: [], note: '' })
    const after = await api.call<{ items: typeof items }>('GET', '/api/queues')
    expect(after.items.find(({ id }) => id === 'repair')?.tickets).toEqual([])
  })
})
