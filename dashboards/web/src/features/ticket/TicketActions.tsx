import { Button, Group, Menu, Modal, Select, Stack, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { type Alert, type Ticket, useCall } from '../../api.ts'
import { slotText } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { CloseTicket } from './CloseTicket.tsx'
import { RunTest, useTests } from './TestCard.tsx'
import { useMoves, useTicketStates } from './useMoves.ts'
import { CallBack, ContactOwner, EndVisit, NoVisit, RemoteRepair } from './VisitForms.tsx'

type WithReason = 'cancel' | 'decline' | 'reopen' | 'no-show'

/** What one may do with a ticket now: the next step first, the rest in a menu. */
export function TicketActions({ ticket, alerts }: { ticket: Ticket; alerts: readonly Alert[] }) {
  const { t } = useWords()
  const { may, can } = useMoves(ticket)
  const { act, busy } = useAction()
  const [isClosing, closing] = useDisclosure()
  const [isAccepting, accepting] = useDisclosure()
  const [isEnding, ending] = useDisclosure()
  const [isContacting, contacting] = useDisclosure()
  const [isCalling, calling] = useDisclosure()
  const openClock = (name: string) => ticket.clocks.some((clock) => clock.name === name && !clock.doneAt)
  const [asking, ask] = useState<WithReason>()
  const { id } = ticket
  const isOffered = may('accept') && !can('choose')
  const reasons: WithReason[] = [
    ...(can('noShow') ? (['no-show'] as const) : []),
    ...(['decline', 'reopen', 'cancel'] as const).filter((event) => may(event)),
  ]
  return (
    <Group gap="sm">
      {isOffered && <Button onClick={accepting.open}>{t('ticket.accept')}</Button>}
      {may('start') && (
        <Button
          variant="default"
          loading={busy}
          onClick={() => void act('POST /api/tickets/:id/visit/start', { id }, {}, t('ticket.saved'))}
        >
          {t('ticket.startVisit')}
        </Button>
      )}
      {may('wait') && <Button onClick={ending.open}>{t('ticket.endVisit')}</Button>}
      {can('contact') && openClock('contact') && <Button onClick={contacting.open}>{t('visit.contact')}</Button>}
      {openClock('call-back') && can('callBack') && <Button onClick={calling.open}>{t('visit.callBack')}</Button>}
      {may('close') && (
        <Button variant={ticket.state === 'completed' ? 'filled' : 'default'} onClick={closing.open}>
          {t('ticket.close')}
        </Button>
      )}
      <More ticket={ticket} alerts={alerts} reasons={reasons} ask={ask} />
      <CloseTicket ticket={ticket} opened={isClosing} close={closing.close} />
      <Accept ticket={ticket} opened={isAccepting} close={accepting.close} />
      <EndVisit ticket={ticket} opened={isEnding} close={ending.close} />
      <ContactOwner ticket={ticket} opened={isContacting} close={contacting.close} />
      <CallBack ticket={ticket} opened={isCalling} close={calling.close} />
      <Reason ticket={ticket} event={asking} close={() => ask(undefined)} />
    </Group>
  )
}

interface MoreProps {
  ticket: Ticket
  alerts: readonly Alert[]
  reasons: readonly WithReason[]
  ask: (event: WithReason) => void
}
/** What is done seldom; what may not be done, by its state or by who looks, is not shown. */
function More({ ticket, alerts, reasons, ask }: MoreProps) {
  const { t } = useWords()
  const { act } = useAction()
  const { may } = useMoves(ticket)
  const mayEver = useMay()
  const nameOf = useReasonName()
  const [isRemote, remote] = useDisclosure()
  const [isTesting, testing] = useDisclosure()
  const [isMarking, marking] = useDisclosure()
  const isLiving = useTicketStates()(ticket.state)?.is.includes('living') ?? false
  const { data: simulator } = useCall('GET /api/simulator', {})
  const mayHold = mayEver('tickets.hold') && !!simulator?.appliances
  const isTested = ticket.test !== undefined && ticket.test.endedAt === undefined
  const mayTest = isLiving && !isTested && mayEver('tickets.remote')
  const canTest = useTests(ticket, mayTest).length > 0 && mayTest
  const canMark = isLiving && mayEver('tickets.visit') && alerts.some(({ state }) => state !== 'closed')
  const isEmpty = reasons.length === 0 && !may('remote') && !canTest && !canMark && !mayHold
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t('nav.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {reasons.map((event) => (
            <Menu.Item key={event} color={event === 'cancel' ? 'red' : undefined} onClick={() => ask(event)}>
              {nameOf(event)}
            </Menu.Item>
          ))}
          {canMark && <Menu.Item onClick={marking.open}>{t('mark.button')}</Menu.Item>}
          {canTest && <Menu.Item onClick={testing.open}>{t('activeTest.run')}</Menu.Item>}
          {may('remote') && <Menu.Item onClick={remote.open}>{t('visit.remote')}</Menu.Item>}
          {mayHold && (
            <Menu.Item
              onClick={() =>
                void act('POST /api/tickets/:id/hold', { id: ticket.id }, { held: !ticket.heldBy }, t('ticket.saved'))
              }
            >
              {ticket.heldBy ? t('ticket.giveBack') : t('ticket.hold')}
            </Menu.Item>
          )}
          {isEmpty && <Menu.Item disabled>{t('ticket.ended')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <NoVisit ticket={ticket} opened={isMarking} close={marking.close} />
      <RunTest ticket={ticket} opened={isTesting} close={testing.close} />
      <RemoteRepair ticket={ticket} opened={isRemote} close={remote.close} />
    </>
  )
}

function useReasonName(): (event: WithReason) => string {
  const { t } = useWords()
  return (event) => (event === 'no-show' ? t('intake.noShow') : t(`ticket.${event}`))
}

/** The desk agrees on the owner's behalf, with one of the offered times. */
function Accept({ ticket, opened, close }: { ticket: Ticket; opened: boolean; close: () => void }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const first = useClock(({ now }) => ticket.offeredSlots.findIndex(({ from }) => from > now))
  const slots = first < 0 ? [] : ticket.offeredSlots.slice(first)
  const [chosen, choose] = useState<string | null>(null)
  const slot = slots.find(({ from }) => String(from) === chosen)
  return (
    <Modal opened={opened} onClose={close} title={t('ticket.accept')}>
      <Stack>
        <Select
          label={t('ticket.slot')}
          placeholder={t('ticket.firstSlot')}
          data={slots.map((one) => ({ value: String(one.from), label: slotText(one, lang, ticket.timeZone) }))}
          value={chosen}
          onChange={choose}
          clearable
        />
        <Button
          loading={busy}
          onClick={() =>
            void act('POST /api/tickets/:id/accept', { id: ticket.id }, slot ? { slot } : {}, t('ticket.saved')).then(
              (done) => done !== undefined && close(),
            )
          }
        >
          {t('ticket.acceptNow')}
        </Button>
      </Stack>
    </Modal>
  )
}

function Reason({ ticket, event, close }: { ticket: Ticket; event: WithReason | undefined; close: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const nameOf = useReasonName()
  const [why, setWhy] = useState('')
  return (
    <Modal opened={!!event} onClose={close} title={event ? nameOf(event) : ''}>
      <Stack>
        <Textarea
          label={t('common.why')}
          value={why}
          onChange={(change) => setWhy(change.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button
          color={event === 'cancel' ? 'red' : undefined}
          loading={busy}
          disabled={!why.trim()}
          onClick={() =>
            event &&
            void act(`POST /api/tickets/:id/${event}`, { id: ticket.id }, { why: why.trim() }, t('ticket.saved')).then(
              (done) => done !== undefined && close(),
            )
          }
        >
          {event ? nameOf(event) : ''}
        </Button>
      </Stack>
    </Modal>
  )
}
