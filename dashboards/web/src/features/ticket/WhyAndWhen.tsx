import { Button, Alert as Notice, Text } from '@mantine/core'
import type { Answer, Ticket } from '../../api.ts'
import { useDuration, When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { slotText } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { WhyNow } from '../evidence/WhyNow.tsx'
import { useMoves } from './useMoves.ts'

const HOUR = 3_600_000
type Lead = Answer<'GET /api/alerts/:id'>

/**
 * Why somebody should come, and by when. While nobody has agreed it is weighed with what is known now; what was agreed to
 * stands as it was said, and when now another time would be right, the page says so and offers it.
 */
export function WhyAndWhen({ ticket, lead }: { ticket: Ticket; lead: Lead | undefined }) {
  const { t } = useWords()
  const isOpen = useMoves(ticket).may('accept') && !ticket.slot
  const isRepaired = lead?.stage === 'proving' || !!ticket.closure
  if (isRepaired) return null
  const live = isOpen ? lead?.weighed : undefined
  const weighed = live ?? ticket.weighed
  return (
    <>
      <TooLate ticket={ticket} lead={lead} />
      {weighed && (
        <Panel title={t(live ? 'weighed.title' : 'weighed.earlier')}>
          {!live && ticket.weighed?.at !== undefined && (
            <Text size="sm" c="dimmed" mb="xs">
              {t('weighed.earlierAt')} <When at={ticket.weighed.at} />
            </Text>
          )}
          <WhyNow weighed={weighed} isPast={!live} />
        </Panel>
      )}
    </>
  )
}

/** The agreed time is later than what is known now allows. */
function TooLate({ ticket, lead }: { ticket: Ticket; lead: Lead | undefined }) {
  const { t, lang } = useWords()
  const duration = useDuration()
  const { act, busy } = useAction()
  const { can } = useMoves(ticket)
  const { slot } = ticket
  const by = lead?.stage === 'failed' ? 4 : lead?.weighed?.withinHours
  const lateHours = useClock(({ now }) =>
    slot && by !== undefined ? Math.round((slot.from - now) / HOUR - by) : Number.NEGATIVE_INFINITY,
  )
  const sooner = ticket.offeredSlots.find(
    ({ from }) => slot && from < slot.from && from > slot.from - (lateHours + (by ?? 0)) * HOUR,
  )
  if (!slot || by === undefined || lateHours < 12 || ticket.visit) return null
  return (
    <Notice color="orange" title={t('weighed.late', { time: duration(lateHours) })}>
      <Text size="sm">
        {t('weighed.lateWhy', { best: duration(by), agreed: slotText(slot, lang, ticket.timeZone) })}
      </Text>
      {can('choose') && sooner && (
        <Button
          size="xs"
          mt="xs"
          variant="light"
          loading={busy}
          onClick={() =>
            void act('POST /api/tickets/:id/accept', { id: ticket.id }, { slot: sooner }, t('ticket.saved'))
          }
        >
          {t('weighed.takeSooner', { slot: slotText(sooner, lang, ticket.timeZone) })}
        </Button>
      )}
    </Notice>
  )
}
