import { notifications } from '@mantine/notifications'
import type { Change } from '../../api.ts'
import { newKey } from '../../offline/newKey.ts'
import type { Step } from '../../offline/write.ts'
import { MOST_WRITES } from '../../offline/writeQueue.ts'
import { writes } from '../../offline/writes.ts'
import { useWords } from '../../words/index.ts'
import type { Job } from './job.ts'

/**
 * Does one step of a job: kept on the phone first, then sent, now or when somebody answers.
 * @param basis the newest thing that is known of the ticket as it is shown (`basisOf`)
 */
export function useStep(job: Pick<Job, 'id' | 'number'>, basis: number | undefined) {
  const { t } = useWords()
  return async (step: Step, what: Change, body: unknown = {}): Promise<boolean> => {
    const id = newKey()
    const about = { id, at: Date.now(), step, job: job.id, number: job.number, what, asked: { id: job.id }, body }
    try {
      if (!(await writes.add({ ...about, ...(basis === undefined ? {} : { basis }) }))) {
        notifications.show({ color: 'red', message: t('my.full', { count: MOST_WRITES }) })
        return false
      }
    } catch {
      notifications.show({ color: 'red', message: t('my.cannotKeep') })
      return false
    }
    const left = writes.state.writes.find((write) => write.id === id)
    if (left?.state !== 'conflict' && step !== 'photo')
      notifications.show({ color: left ? 'gray' : 'teal', message: t(left ? 'my.kept' : 'ticket.saved') })
    return true
  }
}
