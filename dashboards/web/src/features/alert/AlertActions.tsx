import { Button, Group, Menu, Modal, Stack, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBellZ, IconCheck, IconThumbDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { Alert } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { worldClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { MarkMenu } from './MarkMenu.tsx'

const HOUR = 3_600_000

/** What a person may do with an alert. */
export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isDismissing, dismissing] = useDisclosure()
  const [why, setWhy] = useState('')
  const { id } = alert
  const mayHandle = useMay()('alerts.handle')
  const stands = alert.state === 'open' || alert.state === 'acknowledged'
  const snooze = (hours: number) =>
    act('POST /api/alerts/:id/snooze', { id }, { until: worldClock.current.now + hours * HOUR }, t('alert.snoozed'))
  if (!mayHandle) return null
  return (
    <Group gap="sm">
      <Button
        size="xs"
        leftSection={<IconCheck size={14} aria-hidden />}
        disabled={alert.state !== 'open'}
        loading={busy}
        onClick={() => void act('POST /api/alerts/:id/acknowledge', { id }, undefined, t('alert.acknowledged'))}
      >
        {t('alert.acknowledge')}
      </Button>
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBellZ size={14} aria-hidden />} disabled={!stands}>
            {t('alert.snooze')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void snooze(4)}>{t('common.hours', { count: 4 })}</Menu.Item>
          <Menu.Item onClick={() => void snooze(24)}>{t('common.days', { count: 1 })}</Menu.Item>
          <Menu.Item onClick={() => void snooze(168)}>{t('common.days', { count: 7 })}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconThumbDown size={14} aria-hidden />}
        disabled={alert.state === 'closed'}
        onClick={dismissing.open}
      >
        {t('alert.notAFault')}
      </Button>
      <MarkMenu alert={alert} />
      <Modal opened={isDismissing} onClose={dismissing.close} title={t('alert.notAFault')}>
        <Stack>
          <Textarea
            label={t('common.why')}
            description={t('alert.dismissHint')}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            data-autofocus
            autosize
            minRows={2}
          />
          <Button
            disabled={!why.trim()}
            loading={busy}
            onClick={() =>
              void act('POST /api/alerts/:id/dismiss', { id }, { why: why.trim() }, t('alert.dismissed')).then(
                (done) => done !== undefined && dismissing.close(),
              )
            }
          >
            {t('alert.dismiss')}
          </Button>
        </Stack>
      </Modal>
    </Group>
  )
}
