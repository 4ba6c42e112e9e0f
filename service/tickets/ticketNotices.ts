import type { Catalog } from '../../catalog/index.ts'
import type { Millis, Notice, Text } from '../../core/index.ts'
import type { StoredTicket } from './storedTicket.ts'

export const deskPath = (ticket: StoredTicket): string => `/tickets/${ticket.id}`

/** A time for people, in the language's own order; UTC is said, because a mail cannot know the reader's zone. */
const when = (at: Millis): Text => ({ en: `${english.format(at)} UTC`, zh: `${chinese.format(at)} UTC` })
// Making one takes longer than a hundred uses of it.
const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
const english = new Intl.DateTimeFormat('en-GB', options)
const chinese = new Intl.DateTimeFormat('zh-CN', options)

/** What happened to a ticket that somebody should hear of. */
export type TicketEvents =
  | 'offered'
  | 'accepted'
  | 'assigned'
  | 'joined'
  | 'waiting'
  | 'no-show'
  | 'escalated'
  | 'reopened'
  | 'verified'
  | 'closed'
  | 'cancelled'

/**
 * Who is told what, each in their own words; at most one notice for each recipient. `step` makes the key unique where
 * the same news can come again.
 */
export function noticesOf(
  ticket: StoredTicket,
  news: TicketEvents,
  step: string,
  at: Millis,
  catalog: Catalog,
  engineerName?: string,
): Notice[] {
  const kindName = catalog.kinds.get(ticket.kind)?.name ?? { en: ticket.kind, zh: ticket.kind }
  const mode = catalog.failureMode(ticket.kind, ticket.failureMode ?? 'unknown')
  const { owner } = ticket
  const about = { at, appliance: ticket.appliance, ticket: ticket.id, alert: ticket.alerts[0] }
  const slot = ticket.slot && when(ticket.slot.from)
  const partsBy = when(ticket.clocks.find(({ name }) => name === 'parts')?.dueAt ?? at)
  const contactBy = when(ticket.contactBy ?? at)
  const isFirst = step === ''
  const answerBy = when(ticket.clocks.find(({ name }) => name === 'owner-answer')?.dueAt ?? at)

  const ownerSays: Partial<Record<TicketEvents, [Text, Text]>> = {
    offered: [
      { en: `Your ${kindName.en.toLowerCase()} asks for a visit`, zh: `您的${kindName.zh}需要上门检查` },
      {
        en: `${ticket.changedFacts ? `${ticket.changedFacts.en} ` : ''}${ticket.noticed.en} ${mode.safe ? 'You can go on using it.' : 'Please stop using it.'} Ticket ${ticket.number}. Choose a time on the page below; please answer by ${answerBy.en}.${isFirst ? ` We contact you by ${contactBy.en}.` : ''}`,
        zh: `${ticket.changedFacts?.zh ?? ''}${ticket.noticed.zh}${mode.safe ? '您可以继续使用。' : '请停止使用。'}工单 ${ticket.number}。请在下面的页面选择时间，并于 ${answerBy.zh} 前答复。${isFirst ? `我们将于 ${contactBy.zh} 前与您联系。` : ''}`,
      },
    ],
    accepted: [
      { en: `Ticket ${ticket.number} received`, zh: `已收到工单 ${ticket.number}` },
      {
        en: `Thank you. Your number is ${ticket.number}. We contact you by ${contactBy.en} and plan the visit now.`,
        zh: `谢谢。您的工单号为 ${ticket.number}。我们将于 ${contactBy.zh} 前与您联系，并正在安排上门。`,
      },
    ],
    assigned: [
      { en: `Your visit is planned`, zh: `上门时间已安排` },
      {
        en: `${engineerName ?? 'An engineer'} comes${slot ? ` on ${slot.en}` : ''} with the parts that are needed. Ticket ${ticket.number}.`,
        zh: `${engineerName ?? '工程师'}将${slot ? `于 ${slot.zh} ` : ''}携带所需配件上门。工单 ${ticket.number}。`,
      },
    ],
    waiting: [
      { en: `Ticket ${ticket.number}: a part is on its way`, zh: `工单 ${ticket.number}：配件正在运送` },
      {
        en: `The engineer needs a part that was not in the van. We expect it by ${partsBy.en}, and then plan the second visit at once.`,
        zh: `工程师所需的配件不在车上，预计 ${partsBy.zh} 前到达，届时立即安排再次上门。`,
      },
    ],
    'no-show': [
      { en: `We missed you: ticket ${ticket.number}`, zh: `未能见到您：工单 ${ticket.number}` },
      {
        en: `Our engineer found nobody at home.${slot ? ` The next time is ${slot.en};` : ''} you may choose another one on the page below.`,
        zh: `工程师上门时无人在家。${slot ? `下次时间为 ${slot.zh}，` : ''}您可在下面的页面改选时间。`,
      },
    ],
    closed: [
      { en: `Ticket ${ticket.number}: the work is done`, zh: `工单 ${ticket.number}：已完成` },
      {
        en: `Please tell us how it went. Your appliance now shows us itself whether the repair holds.`,
        zh: `请为本次服务评分。您的设备将自行证明维修是否有效。`,
      },
    ],
    verified: [
      { en: `Repaired, and proved by the appliance`, zh: `维修已由设备自身验证` },
      {
        en: `The signals of your ${kindName.en.toLowerCase()} are back to normal.`,
        zh: `您的${kindName.zh}信号已恢复正常。`,
      },
    ],
    reopened: [
      { en: `We are not done yet`, zh: `问题尚未解决` },
      {
        en: `Your appliance is not back to normal, so we come again, free of charge. Ticket ${ticket.number}.`,
        zh: `您的设备尚未恢复正常，我们将免费再次上门。工单 ${ticket.number}。`,
      },
    ],
    cancelled: [
      { en: `Ticket ${ticket.number} is cancelled`, zh: `工单 ${ticket.number} 已取消` },
      { en: `Nobody will come. Open the page to read why.`, zh: `将不会有人上门。打开页面可查看原因。` },
    ],
  }
  const deskSays: Partial<Record<TicketEvents, [Text, Text]>> = {
    escalated: [
      { en: `${ticket.number}: the owner was not contacted in time`, zh: `${ticket.number}：未按时联系用户` },
      {
        en: `${engineerName ?? ticket.engineer} has it. At the second deadline it goes to somebody else.`,
        zh: `负责人：${engineerName ?? ticket.engineer}。到第二期限将改派。`,
      },
    ],
    offered: [
      {
        en: `${ticket.number}: ${mode.text.en} on ${ticket.appliance}`,
        zh: `${ticket.number}：${ticket.appliance} ${mode.text.zh}`,
      },
      {
        en: `${ticket.diagnosis.en} Priority ${ticket.priority}. ${kitSentence(ticket)} ${owner ? 'The owner has been asked.' : 'No owner is known: accept it here.'}`,
        zh: `${ticket.diagnosis.zh}优先级 ${ticket.priority}。${owner ? '已征询用户。' : '用户未知：请在此受理。'}`,
      },
    ],
    joined: [
      {
        en: `${ticket.number}: another finding on ${ticket.appliance}`,
        zh: `${ticket.number}：${ticket.appliance} 又有新发现`,
      },
      ticket.diagnosis,
    ],
    reopened: [
      { en: `${ticket.number} reopened: the signal is not back`, zh: `${ticket.number} 已重开：信号未恢复` },
      { en: `${ticket.appliance} is still outside its band.`, zh: `${ticket.appliance} 仍超出正常范围。` },
    ],
  }
  if (ticket.source === 'reported' || ticket.source === 'recall') {
    deskSays.accepted = [
      { en: `${ticket.number}: reported on ${ticket.appliance}`, zh: `${ticket.number}：${ticket.appliance} 用户报修` },
      ticket.noticed,
    ]
  }

  const notices: Notice[] = []
  const forOwner = ownerSays[news]
  if (owner && forOwner) {
    notices.push({
      key: `${ticket.id}/${news}${step}/owner`,
      to: { role: 'owner', name: owner.name, contact: owner.contact, language: owner.language },
      title: forOwner[0],
      body: forOwner[1],
      ownersPage: ticket.id,
      ...about,
    })
  }
  const forDesk = deskSays[news]
  if (forDesk) {
    notices.push({
      key: `${ticket.id}/${news}${step}/desk`,
      to: { role: 'desk' },
      title: forDesk[0],
      body: forDesk[1],
      ...(forDesk[1] === ticket.noticed ? { quotes: true as const } : {}),
      link: deskPath(ticket),
      ...about,
    })
  }
  return notices
}

const kitSentence = (ticket: StoredTicket): string =>
  ticket.kit.length ? `Kit: ${ticket.kit.map(({ part }) => part).join(', ')}.` : 'No part is foreseen.'
