import { Button, Menu, Modal, Radio, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowDown, IconHandStop } from '@tabler/icons-react'
import { useState } from 'react'
import type { MarkVerdict } from '../../../../../core/index.ts'
import type { Alert } from '../../api.ts'
import { markVerdicts } from '../../components/markVerdicts.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** Feedback without a visit: what it is, and why; it is sent by whoever shows the dialog. */
function MarkDialog({
  opened,
  close,
  busy,
  send,
}: {
  opened: boolean
  close: () => void
  busy: boolean
  send: (said: { verdict: MarkVerdict; why: string }) => void
}) {
  const { t } = useWords()
  const [verdict, setVerdict] = useState<MarkVerdict>('normal-here')
  const [why, setWhy] = useState('')
  return (
    <Modal opened={opened} onClose={close} title={t('mark.title')}>
      <Stack>
        <Radio.Group
          value={verdict}
          onChange={(value) => setVerdict(markVerdicts.find((known) => known === value) ?? verdict)}
          aria-label={t('mark.title')}
        >
          <Stack gap="xs">
            {markVerdicts.map((value) => (
              <Radio key={value} value={value} label={t(`mark.verdicts.${value}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={t('common.why')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          autosize
        />
        <Text size="xs" c="dimmed">
          {t('mark.hint')}
        </Text>
        <Button loading={busy} onClick={() => send({ verdict, why: why.trim() })}>
          {t('mark.button')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** What one may say of an alert without a visit, and that it matters less. */
export function MarkMenu({ alert }: { alert: Alert }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isMarking, marking] = useDisclosure()
  const [isLess, less] = useDisclosure()
  const [why, setWhy] = useState('')
  const { id, severity, state } = alert
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHandStop size={14} aria-hidden />}
            disabled={state === 'closed'}
          >
            {t('mark.button')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={marking.open}>{t('mark.title')}</Menu.Item>
          <Menu.Item
            leftSection={<IconArrowDown size={14} aria-hidden />}
            disabled={severity === 'info'}
            onClick={less.open}
          >
            {t('mark.less')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <MarkDialog
        opened={isMarking}
        close={marking.close}
        busy={busy}
        send={(said) =>
          void act('POST /api/alerts/:id/mark', { id }, said, t('mark.done')).then((done) => done && marking.close())
        }
      />
      <Modal opened={isLess} onClose={less.close} title={t('mark.lessTitle')}>
        <Stack>
          <Textarea
            label={t('common.why')}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            data-autofocus
            autosize
          />
          <Button
            disabled={!why.trim()}
            loading={busy}
            onClick={() =>
              void act(
                'POST /api/alerts/:id/downgrade',
                { id },
                { severity: severity === 'critical' ? 'warning' : 'info', why: why.trim() },
                t('mark.lessDone'),
              ).then((done) => done && less.close())
            }
          >
            {t('mark.less')}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}
