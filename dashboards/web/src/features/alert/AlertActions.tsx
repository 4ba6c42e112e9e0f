import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowDown, IconBellZ, IconCheck, IconHandStop, IconNote, IconThumbDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { Alert } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import type { Deed } from './deeds.ts'
import type { Asking } from './useInboxKeys.ts'

/** What a person may do with an alert. */
export function AlertActions({
  alert,
  ask,
  carryOut,
}: {
  alert: Alert
  ask: (what: Asking) => void
  carryOut: (deed: Deed) => void
}) {
  const { t } = useWords()
  const { state } = alert
  if (!useMay()('alerts.handle')) return null
  const stands = state === 'open' || state === 'acknowledged'
  return (
    <Group gap="sm">
      <Button
        size="xs"
        leftSection={<IconCheck size={14} aria-hidden />}
        disabled={state !== 'open'}
        onClick={() => carryOut({ name: 'acknowledge' })}
      >
        {t('alert.acknowledge')}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconBellZ size={14} aria-hidden />}
        disabled={!stands}
        onClick={() => ask('snooze')}
      >
        {t('alert.snooze')}
      </Button>
      <NotAFault isOver={state === 'closed'} carryOut={carryOut} />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconHandStop size={14} aria-hidden />}
        disabled={state === 'closed'}
        onClick={() => ask('mark')}
      >
        {t('mark.button')}
      </Button>
      <Less alert={alert} />
      <Button size="xs" variant="default" leftSection={<IconNote size={14} aria-hidden />} onClick={() => ask('note')}>
        {t('deed.note')}
      </Button>
    </Group>
  )
}

function NotAFault({ isOver, carryOut }: { isOver: boolean; carryOut: (deed: Deed) => void }) {
  const { t } = useWords()
  return (
    <WithReason
      button={t('alert.notAFault')}
      icon={<IconThumbDown size={14} aria-hidden />}
      isOff={isOver}
      title={t('alert.notAFault')}
      hint={t('alert.dismissHint')}
      send={t('alert.dismiss')}
      carryOut={async (why) => {
        carryOut({ name: 'dismiss', why })
        return true
      }}
    />
  )
}

/** It matters less than was said. */
function Less({ alert: { id, severity, state } }: { alert: Alert }) {
  const { t } = useWords()
  const { act } = useAction()
  return (
    <WithReason
      button={t('mark.less')}
      icon={<IconArrowDown size={14} aria-hidden />}
      isOff={severity === 'info' || state === 'closed'}
      title={t('mark.lessTitle')}
      send={t('mark.less')}
      carryOut={async (why) => {
        const less = { severity: severity === 'critical' ? 'warning' : 'info', why }
        return (await act('POST /api/alerts/:id/downgrade', { id }, less, t('mark.lessDone'))) !== undefined
      }}
    />
  )
}

/** A button whose deed needs a reason in somebody's own words. */
function WithReason({
  button,
  icon,
  isOff,
  title,
  hint,
  send,
  carryOut,
}: {
  button: string
  icon: React.ReactNode
  isOff: boolean
  title: string
  hint?: string
  send: string
  carryOut: (why: string) => Promise<boolean>
}) {
  const { t } = useWords()
  const [isAsking, asking] = useDisclosure()
  const [why, setWhy] = useState('')
  return (
    <>
      <Button size="xs" variant="default" leftSection={icon} disabled={isOff} onClick={asking.open}>
        {button}
      </Button>
      <Modal opened={isAsking} onClose={asking.close} title={title}>
        <Stack>
          <Textarea
            label={t('common.why')}
            description={hint}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            data-autofocus
            autosize
            minRows={2}
          />
          <Button
            disabled={!why.trim()}
            onClick={() => void carryOut(why.trim()).then((isDone) => isDone && asking.close())}
          >
            {send}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}
