import { Alert, Anchor, Button, Group, Modal, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTool } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, type ApplianceDetail, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'

type One = Answer<'GET /api/maintenance'>['items'][number]
const HOUR = 3_600_000
/** How long, hours. */
const spans = ['1', '4', '24', '72', '168'] as const
const scopes = ['appliance', 'home', 'model'] as const

/** Somebody is about to work there: what is found meanwhile shall disturb nobody. */
export function MaintenanceButton({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const [isOpen, form] = useDisclosure()
  return (
    <Allowed to="maintenance.change">
      <Button variant="default" leftSection={<IconTool size={16} aria-hidden />} onClick={form.open}>
        {t('maintenance.begin')}
      </Button>
      <Modal opened={isOpen} onClose={form.close} title={t('maintenance.begin')}>
        {isOpen && <Begin appliance={appliance} close={form.close} />}
      </Modal>
    </Allowed>
  )
}

function Begin({ appliance, close }: { appliance: ApplianceDetail; close: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const now = useClock((clock) => clock.now)
  const [scope, setScope] = useState<string>('appliance')
  const [hours, setHours] = useState<string>('4')
  const [why, setWhy] = useState('')
  const send = async () => {
    const until = Math.round(now + Number(hours) * HOUR)
    const body = { scope, until, why: why.trim() }
    if (await act('POST /api/appliances/:id/maintenance', { id: appliance.id }, body, t('common.saved'))) close()
  }
  const of = { appliance: appliance.id, home: appliance.homeId, model: appliance.model }
  return (
    <Stack>
      <Text size="sm">{t('maintenance.hint')}</Text>
      <SegmentedControl
        fullWidth
        aria-label={t('maintenance.scope')}
        value={scope}
        onChange={setScope}
        data={scopes
          .filter((value) => of[value] !== undefined)
          .map((value) => ({ value, label: t(`maintenance.scopes.${value}`) }))}
      />
      <Select
        label={t('maintenance.span')}
        value={hours}
        onChange={(value) => setHours(value ?? '4')}
        allowDeselect={false}
        data={spans.map((value) => ({ value, label: t(`maintenance.spans.${value}`) }))}
      />
      <Textarea
        label={t('maintenance.why')}
        autosize
        maxLength={2_000}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        data-autofocus
      />
      <Button loading={busy} disabled={!why.trim()} onClick={() => void send()}>
        {t('maintenance.beginNow')}
      </Button>
    </Stack>
  )
}

/** What is under way, and what earlier ones held back and nobody has let speak. */
export function Maintenances({ appliance }: { appliance: string }) {
  const { data } = useCall('GET /api/maintenance', { appliance }, 30_000)
  const now = useClock((clock) => Math.floor(clock.now / 60_000) * 60_000)
  const items = data?.items ?? []
  return items
    .filter((one) => isUnderWay(one, now) || one.held.some(({ state }) => state !== 'closed'))
    .map((one) => <Shown key={one.id} one={one} isUnderWay={isUnderWay(one, now)} />)
}
const isUnderWay = ({ ended, until }: One, now: number): boolean => !ended && until > now

function Shown({ one, isUnderWay: under }: { one: One; isUnderWay: boolean }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { scope, of, until, ended, by, why, held } = one
  return (
    <Alert
      color={under ? 'orange' : 'gray'}
      variant="light"
      icon={<IconTool size={18} aria-hidden />}
      title={t(under ? 'maintenance.underWay' : 'maintenance.over', { what: t(`maintenance.scopes.${scope}`), of })}
    >
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text size="sm">
            {t(under ? 'maintenance.until' : 'maintenance.endedAt')} <When at={ended?.at ?? until} /> ·{' '}
            {by.replace('user:', '')}: “{why}”
          </Text>
          {under && (
            <Allowed to="maintenance.change">
              <Button
                size="compact-sm"
                variant="default"
                loading={busy}
                onClick={() => void act('POST /api/maintenance/:id/end', { id: one.id }, undefined, t('common.saved'))}
              >
                {t('maintenance.end')}
              </Button>
            </Allowed>
          )}
        </Group>
        <Text size="sm">{held.length > 0 ? t('maintenance.held') : t('maintenance.nothingHeld')}</Text>
        {held.map((alert) => (
          <Held key={alert.id} alert={alert} />
        ))}
      </Stack>
    </Alert>
  )
}

/** One that was held back, with the tap that lets it speak. */
function Held({
  alert: { id, appliance, kind, failureMode, severity, state, firstSeenAt },
}: {
  alert: One['held'][number]
}) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm">
        <Anchor component={Link} to="/alerts" search={{ id } as never} size="sm">
          {names.mode(kind, failureMode)}
        </Anchor>{' '}
        · {appliance} · {t(`severity.${severity}`)} · {t(`alertState.${state}`)} · <When at={firstSeenAt} />
      </Text>
      {state !== 'closed' && (
        <Allowed to="alerts.handle">
          <Button
            size="compact-sm"
            variant="default"
            loading={busy}
            onClick={() => void act('POST /api/alerts/:id/speak', { id }, undefined, t('maintenance.spoken'))}
          >
            {t('maintenance.speak')}
          </Button>
        </Allowed>
      )}
    </Group>
  )
}
