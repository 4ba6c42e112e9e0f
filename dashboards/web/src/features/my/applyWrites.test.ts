import { describe, expect, test } from 'vitest'
import { nextToSend, type Sent, type Write } from '../../offline/write.ts'
import { MOST_WRITES, type QueueParts, WriteQueue } from '../../offline/writeQueue.ts'
import { applyWrites } from './applyWrites.ts'
import type { Job } from './job.ts'

const job = { id: 't1', number: 'HW-1', state: 'assigned', next: 'start' } as Job
const write = (seq: number, step: Write['step'], more: Partial<Write> = {}): Write => ({
  id: `w${seq}`,
  seq,
  at: seq,
  step,
  job: 't1',
  number: 'HW-1',
  what: 'POST /api/tickets/:id/visit/start',
  asked: { id: 't1' },
  body: {},
  state: 'waiting',
  ...more,
})

describe('a visit without a network', () => {
  test('goes on from step to step on the phone', () => {
    expect(applyWrites(job, [])).toMatchObject({ state: 'assigned', next: 'start', isAhead: false })
    const started = [write(1, 'onTheWay'), write(2, 'start')]
    expect(applyWrites(job, started)).toMatchObject({ state: 'visiting', next: 'leave', isAhead: true })
    const left = [...started, write(3, 'photo'), write(4, 'leave')]
    expect(applyWrites(job, left)).toMatchObject({ state: 'completed', next: 'close', isOver: false })
    expect(applyWrites(job, [...left, write(5, 'close')])).toMatchObject({ state: 'closed', isOver: true })
  })

  test('what was refused has not happened, and what is of another job neither', () => {
    const writes = [write(1, 'start', { state: 'conflict' }), write(2, 'start', { job: 't2' })]
    expect(applyWrites(job, writes)).toMatchObject({ state: 'assigned', next: 'start', isAhead: false })
  })

  test('is sent in order; behind what was refused the same job waits, and others go on', () => {
    expect(nextToSend([write(2, 'leave'), write(1, 'start')])?.id).toBe('w1')
    const writes = [write(1, 'start', { state: 'conflict' }), write(2, 'leave'), write(3, 'start', { job: 't2' })]
    expect(nextToSend(writes)?.id).toBe('w3')
    expect(nextToSend(writes.slice(0, 2))).toBeUndefined()
  })
})

/** A phone whose disk is a map, and whose server answers what it is told. */
function phone(answers: (write: Write) => Sent) {
  const disk = new Map<string, Write>()
  const sent: string[] = []
  const parts: QueueParts = {
    load: async () => [...disk.values()],
    save: async (one) => void disk.set(one.id, one),
    remove: async (id) => void disk.delete(id),
    send: async (one) => {
      const answer = answers(one)
      if (answer.kind === 'done') sent.push(one.id)
      return answer
    },
    alone: (work) => work(),
    later: () => undefined,
  }
  return { disk, sent, parts, queue: new WriteQueue(parts) }
}
const given = ({ seq: _, state: _state, ...rest }: Write) => rest

describe('the queue', () => {
  test('keeps what cannot be sent over a restart, in order, and sends each once', async () => {
    let isThere = false
    const { disk, sent, parts, queue } = phone(() => ({ kind: isThere ? 'done' : 'later' }))
    for (const one of [write(1, 'onTheWay'), write(2, 'start'), write(3, 'leave')]) await queue.add(given(one))
    expect([queue.state.writes.length, queue.state.isAway, disk.size]).toEqual([3, true, 3])
    isThere = true
    const again = new WriteQueue(parts)
    await again.open()
    await again.flush()
    expect(sent).toEqual(['w1', 'w2', 'w3'])
    expect([disk.size, again.state.isAway]).toEqual([0, false])
  })

  test('a refusal stays until somebody decides: send mine anyway drops its basis, or let it go', async () => {
    const problem = { code: 'changed-meanwhile', title: 'Somebody was faster.', detail: '' }
    const { disk, sent, queue } = phone((one) =>
      one.job === 't1' && one.basis !== undefined ? { kind: 'refused', problem } : { kind: 'done' },
    )
    await queue.add(given(write(1, 'start', { basis: 5 })))
    await queue.add(given(write(2, 'leave', { basis: 5 })))
    expect(queue.state.writes.map(({ id, state }) => [id, state])).toEqual([
      ['w1', 'conflict'],
      ['w2', 'waiting'],
    ])
    await queue.sendAnyway('w1')
    expect([sent, disk.size]).toEqual([['w1', 'w2'], 0])
    await queue.add(given(write(3, 'start', { basis: 5 })))
    await queue.drop('w3')
    expect([sent.length, queue.state.writes.length]).toEqual([2, 0])
  })

  test('is bounded, and says so', async () => {
    const { queue } = phone(() => ({ kind: 'later' }))
    for (let i = 0; i < MOST_WRITES; i++) expect(await queue.add(given(write(i, 'photo')))).toBe(true)
    expect(await queue.add(given(write(MOST_WRITES, 'photo')))).toBe(false)
  })
})
