import { messageNotifiers, openOutboxQueue, RECEIPT_CHECK } from '../../alerts/index.ts'
import { MINUTE, type Notifier, Problem } from '../../core/index.ts'
import { startMessageServer } from './messageServer.ts'
import { openTestApi } from './openTestApi.ts'
import type { OpenDatabase } from './openTestService.ts'

/** An API whose messages are carried out to companies of the test, and a mail server that takes mail or does not. */
export async function openCarriedApi({ database, close }: OpenDatabase) {
  const companies = await startMessageServer()
  const api = await openTestApi(database, close, companies.http)
  const post = { takes: true, mails: [] as { to: string; subject: string }[] }
  const mail: Notifier = {
    channel: 'mail',
    async send({ body }) {
      if (!post.takes) throw new Problem({ code: 'mail-failed', message: 'no such box', remedy: '', retryable: false })
      post.mails.push({ to: String(body.to), subject: String(body.subject) })
    },
  }
  const jobs = openOutboxQueue({
    database,
    notifiers: [{ channel: RECEIPT_CHECK, send: async () => undefined }, ...messageNotifiers(api.channels), mail],
    clock: api.wall,
    maxTries: 3,
    ownersLink: async (ticket) => `https://here.example/t/of-${ticket}`,
    ...(api.deliveries ? { settled: api.deliveries.settled } : {}),
  })
  const deliver = async (): Promise<void> => {
    jobs.wake()
    await jobs.idle()
  }
  return {
    api,
    companies,
    post,
    /** What is due is carried; then so many minutes pass, one after another, by both clocks. */
    async pass(minutes = 0): Promise<void> {
      await deliver()
      for (let minute = 0; minute < minutes; minute++) {
        api.wall.advanceTo(api.wall.now() + MINUTE)
        api.clock.advanceTo(api.clock.now() + MINUTE)
        await api.tick()
        await deliver()
      }
    },
    async close(): Promise<void> {
      await jobs.close()
      await api.close()
      await companies.close()
    },
  }
}
export type CarriedApi = Awaited<ReturnType<typeof openCarriedApi>>
