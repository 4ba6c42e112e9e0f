import { Badge, Button, Modal, ScrollArea, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'
import { useEngineerName } from './useEngineerName.ts'
import { useMoves } from './useMoves.ts'

const skills = ['sealed-system', 'cooling', 'electrical', 'mechanical', 'plumbing', 'general'] as const

type Candidate = Ticket['candidates'][number]

/** Who could go, the best first with the reasons; and who could not, with why. */
export function Candidates({ ticket }: { ticket: Ticket }) {
  const { t, lang } = useWords()
  const nameOf = useEngineerName()
  const inWords = useReasonInWords(ticket)
  const { may } = useMoves(ticket)
  const [assigning, assign] = useState<string>()
  const cells: Cell<Candidate>[] = [
    { key: 'rank', label: t('ticket.rank'), width: 44, render: ({ rank }) => rank ?? '—' },
    {
      key: 'engineer',
      label: t('ticket.engineer'),
      isTitle: true,
      render: ({ engineer, rank }) => (
        <Text span inherit c={rank ? undefined : 'dimmed'}>
          {nameOf(engineer)}
          {ticket.engineer === engineer && (
            <Badge ml={6} size="sm" variant="light" tt="none">
              {t('ticket.assigned')}
            </Badge>
          )}
        </Text>
      ),
    },
    {
      key: 'because',
      label: t('ticket.because'),
      render: ({ rank, ...words }) => (
        <Text span inherit c={rank ? undefined : 'dimmed'}>
          {rank
            ? told(words, 'reasons', lang).map(inWords).join(' · ')
            : t('ticket.rejected', { why: inWords(told(words, 'rejectedBecause', lang) ?? '') })}
        </Text>
      ),
    },
    {
      key: 'deeds',
      label: '',
      isNumber: true,
      render: ({ engineer }) =>
        may('assign') &&
        ticket.engineer !== engineer && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('ticket.assignTo', { engineer: nameOf(engineer) })}
            onClick={() => assign(engineer)}
          >
            {t('ticket.assign')}
          </Button>
        ),
    },
  ]
  return (
    <Panel title={t('ticket.candidates')}>
      {ticket.candidatesNote && (
        <Text size="sm" c="dimmed">
          {told(ticket, 'candidatesNote', lang)}
        </Text>
      )}
      {ticket.candidates.length > 0 && (
        <ScrollArea.Autosize mah={420}>
          <Rows cells={cells} rows={ticket.candidates} keyOf={({ engineer }) => engineer} minWidth={460} />
        </ScrollArea.Autosize>
      )}
      <Grabs ticket={ticket} />
      <Assign ticket={ticket} engineer={assigning} close={() => assign(undefined)} />
    </Panel>
  )
}

/** Who asked for it themselves, who got it, and why. */
function Grabs({ ticket }: { ticket: Ticket }) {
  const { t, say } = useWords()
  const nameOf = useEngineerName()
  const { data } = useCall('GET /api/tickets/:id/grabs', { id: ticket.id })
  if (!data?.items.length) return null
  return (
    <section aria-label={t('ticket.grabs')}>
      <Text size="sm" fw={500} mt="sm">
        {t('ticket.grabs')}
      </Text>
      {data.items.map(({ engineer, at, won, why }) => (
        <Text key={engineer} size="sm" c={won === false ? 'dimmed' : undefined}>
          {nameOf(engineer)}: {won === undefined ? t('ticket.grabOpen') : t(won ? 'ticket.grabWon' : 'ticket.grabLost')}
          {why && ` · ${say(why)}`}{' '}
          <Text span size="xs" c="dimmed">
            <When at={at} />
          </Text>
        </Text>
      ))}
    </section>
  )
}

/** Ids of parts and skills, in the reader's words. */
function useReasonInWords(ticket: Ticket): (reason: string) => string {
  const { t } = useWords()
  const names = useNames()
  return (reason) => {
    let text = reason
    for (const { part } of ticket.kit) text = text.replaceAll(part, names.part(ticket.kind, part))
    const skill = skills.find((known) => text.endsWith(` ${known}`))
    return skill ? text.slice(0, -skill.length) + t(`skills.${skill}`) : text
  }
}

/** Somebody is chosen by hand: who does says why. */
function Assign({ ticket, engineer, close }: { ticket: Ticket; engineer: string | undefined; close: () => void }) {
  const { t } = useWords()
  const nameOf = useEngineerName()
  const { act, busy } = useAction()
  const [why, setWhy] = useState('')
  return (
    <Modal opened={!!engineer} onClose={close} title={t('ticket.assignTo', { engineer: nameOf(engineer ?? '') })}>
      <Stack>
        <Textarea
          label={t('common.why')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button
          loading={busy}
          disabled={!why.trim()}
          onClick={() =>
            void act(
              'POST /api/tickets/:id/assign',
              { id: ticket.id },
              { engineer, why: why.trim() },
              t('ticket.saved'),
            ).then((done) => done !== undefined && close())
          }
        >
          {t('ticket.assign')}
        </Button>
      </Stack>
    </Modal>
  )
}
