import { Badge, Button, CopyButton, Group, SimpleGrid, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBook, IconFileDescription, IconHammer, IconMessageReport, IconQrcode, IconSend } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type ApplianceDetail, useCall } from '../../api.ts'
import { StateBadge, useDuration, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page, Waiting } from '../../components/Page.tsx'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { stream, useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { ShowsIt } from '../evidence/ShowsIt.tsx'
import { InjectModal } from '../simulator/InjectFault.tsx'
import { CommandModal, ReportModal } from './ApplianceCommands.tsx'
import { ApplianceHistory } from './ApplianceHistory.tsx'
import { ApplianceLife } from './ApplianceLife.tsx'
import { FindingCard, HealthCard } from './ApplianceNow.tsx'
import { Bursts } from './Bursts.tsx'
import { CommandLog } from './CommandLog.tsx'
import { MaintenanceButton, Maintenances } from './Maintenance.tsx'
import { Marks } from './Marks.tsx'
import { NotHeard } from './NotHeard.tsx'
import { OwnerRights } from './OwnerRights.tsx'
import { Quota } from './Quota.tsx'
import { Signals } from './signals/Signals.tsx'
import { Warranty } from './Warranty.tsx'
import { WrongTopics } from './WrongTopics.tsx'

/** What is wrong, how do we know, what next? */
export default function AppliancePage() {
  const { t } = useWords()
  const { id } = useParams({ strict: false }) as { id: string }
  const path = `/api/appliances/${encodeURIComponent(id)}`
  const { data: appliance, error, refetch } = useCall('GET /api/appliances/:id', { id }, 10_000)
  const { data: alerts } = useCall('GET /api/alerts', { appliance: id, limit: 50 }, 20_000)
  const { data: tickets } = useCall('GET /api/tickets', { appliance: id, limit: 50 }, 20_000)
  useFresh(['alert', 'ticket', 'health'], [path, '/api/alerts?appliance', '/api/tickets?appliance'])
  useEffect(() => {
    stream.watch(id)
    return () => stream.watch(undefined)
  }, [id])

  if (!appliance || appliance.id !== id) {
    return <Page title={id}>{error ? <Failure error={error} retry={() => void refetch()} /> : <Waiting />}</Page>
  }
  const standing = (alerts?.items ?? []).filter(({ state }) => state === 'open' || state === 'acknowledged')
  const alert = standing[0] ?? (alerts?.items ?? []).find(({ state }) => state === 'pending')
  return (
    <Page title={id} action={<Actions appliance={appliance} />}>
      <Identity appliance={appliance} />
      <Allowed to="alerts.see">
        <Maintenances appliance={appliance.id} />
      </Allowed>
      <NotHeard appliance={appliance} />
      <WrongTopics appliance={appliance} />
      <Quota appliance={appliance} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <HealthCard appliance={appliance} />
        <FindingCard appliance={appliance} alert={alert} ticket={tickets?.items[0]} />
      </SimpleGrid>
      <ShowsIt appliance={appliance} alert={alert} alerts={alerts?.items ?? []} tickets={tickets?.items ?? []} />
      <Bursts appliance={appliance.id} kind={appliance.kind} />
      <Signals appliance={appliance} />
      <CommandLog appliance={appliance.id} />
      <ApplianceHistory appliance={appliance} alerts={alerts?.items ?? []} tickets={tickets?.items ?? []} />
      <Allowed to="alerts.see">
        <Marks appliance={appliance.id} kind={appliance.kind} />
      </Allowed>
      <OwnerRights appliance={appliance} />
      <Text size="xs" c="dimmed">
        {t('appliance.zoomHint')}
      </Text>
    </Page>
  )
}

function Identity({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const names = useNames()
  const duration = useDuration()
  const ageHours = useClock(({ now }) =>
    appliance.installedAt ? Math.floor((now - appliance.installedAt) / 86_400_000) * 24 : -1,
  )
  const firmware = appliance.lastReading?.firmware ?? appliance.firmware
  return (
    <Group gap="sm">
      <StateBadge state={appliance.status} words={t(`status.${appliance.status}`)} />
      <Text size="sm">{names.kind(appliance.kind)}</Text>
      <Text size="sm">{appliance.model}</Text>
      {appliance.batch && <Text size="sm">{t('appliance.batch', { batch: appliance.batch })}</Text>}
      {ageHours >= 0 && <Text size="sm">{t('appliance.age', { age: duration(ageHours) })}</Text>}
      {firmware && <Text size="sm">{t('appliance.firmware', { firmware })}</Text>}
      {appliance.owner && <Text size="sm">{appliance.owner.name}</Text>}
      <Warranty id={appliance.id} />
      {appliance.location && (
        <Text size="sm" c="dimmed">
          {appliance.location.lat.toFixed(2)}, {appliance.location.lon.toFixed(2)}
        </Text>
      )}
      {appliance.clockAheadMs !== undefined && (
        <Tooltip label={t('appliance.clockHint')} multiline maw={320}>
          <Badge color="orange" variant="light">
            {t(appliance.clockAheadMs > 0 ? 'appliance.clockAhead' : 'appliance.clockBehind', {
              time: duration(Math.abs(appliance.clockAheadMs) / 3_600_000),
            })}
          </Badge>
        </Tooltip>
      )}
      <Tooltip label={t('appliance.lastReading')}>
        <Text size="sm" c="dimmed">
          {appliance.online ? t('common.online') : t('common.offlineDevice')} · <When at={appliance.lastReading?.ts} />
        </Text>
      </Tooltip>
    </Group>
  )
}

function Actions({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const [isReporting, reporting] = useDisclosure()
  const [isInjecting, injecting] = useDisclosure()
  const [isCommanding, commanding] = useDisclosure()
  const may = useMay()
  const { data: simulator } = useCall('GET /api/simulator', {})
  return (
    <Group gap="sm">
      {may('simulator.run') && !!simulator?.appliances && (
        <Button variant="default" leftSection={<IconHammer size={16} aria-hidden />} onClick={injecting.open}>
          {t('simulator.injectFault')}
        </Button>
      )}
      <Allowed to="commands.send">
        <Button variant="default" leftSection={<IconSend size={16} aria-hidden />} onClick={commanding.open}>
          {t('appliance.command')}
        </Button>
      </Allowed>
      <Button
        component={Link}
        to={`/file?code=${encodeURIComponent(appliance.id)}`}
        variant="default"
        leftSection={<IconFileDescription size={16} aria-hidden />}
      >
        {t('visit.file')}
      </Button>
      <Allowed to="knowledge.see">
        <Button
          component={Link}
          to={`/knowledge?kind=${encodeURIComponent(appliance.kind)}`}
          variant="default"
          leftSection={<IconBook size={16} aria-hidden />}
        >
          {t('knowledge.ofModel')}
        </Button>
      </Allowed>
      <Allowed to="ownerLinks.see">
        <OwnerLink appliance={appliance.id} />
      </Allowed>
      <MaintenanceButton appliance={appliance} />
      <ApplianceLife appliance={appliance} />
      <Allowed to="intake.write">
        <Button leftSection={<IconMessageReport size={16} aria-hidden />} onClick={reporting.open}>
          {t('appliance.report')}
        </Button>
      </Allowed>
      <InjectModal opened={isInjecting} close={injecting.close} appliance={appliance.id} />
      <ReportModal opened={isReporting} close={reporting.close} appliance={appliance} />
      <CommandModal opened={isCommanding} close={commanding.close} appliance={appliance} />
    </Group>
  )
}

/** The link on the appliance's sticker: its owner reports by it, without an account. */
function OwnerLink({ appliance }: { appliance: string }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/appliances/:id/owner-link', { id: appliance })
  if (!data) return null
  return (
    <CopyButton value={data.link}>
      {({ copied, copy }) => (
        <Button variant="default" leftSection={<IconQrcode size={16} aria-hidden />} onClick={copy}>
          {copied ? t('intake.copied') : t('intake.ownerLink')}
        </Button>
      )}
    </CopyButton>
  )
}
