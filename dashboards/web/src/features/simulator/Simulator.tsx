import { Alert, Anchor, Button, Card, Group, SimpleGrid, Skeleton, Slider, Stack, Text, Title } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type SimulatorView, useCall } from '../../api.ts'
import { percent, When } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { InjectForm, type Shape, shapes } from './InjectFault.tsx'
import { Lapse } from './Lapse.tsx'
import { Tour } from './Tour.tsx'

/** The steps of the speed; 0 is paused, the last is as fast as the machine can. */
const speeds = [0, 1, 10, 60, 600, 3_600, 36_000, 1_000_000]
const FASTEST = 1_000_000

/** Show me. */
export default function Simulator() {
  const { t, lang } = useWords()
  const navigate = useNavigate()
  const { data, error, refetch } = useCall('GET /api/simulator', {}, 1_000)
  const mayChange = useMay()('simulator.run')
  return (
    <Page title={t('nav.simulator')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && !data.appliances && (
        <Alert color="gray" title={t('simulator.none')}>
          {t('simulator.noneWhy')}{' '}
          <Anchor component={Link} to="/connect">
            {t('connect.title')}
          </Anchor>
        </Alert>
      )}
      {data?.lapse && <Lapse lapse={data.lapse} now={data.now} />}
      {!!data?.appliances && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Stack gap="md">
              <Card withBorder padding="md">
                <Group justify="space-between" mb="sm">
                  <Title order={2}>{t('simulator.time')}</Title>
                  <Text size="sm">{exactTime(data.now, lang)}</Text>
                </Group>
                {mayChange && <Speed data={data} />}
              </Card>
              {mayChange && <Tour />}
            </Stack>
            <Allowed to="simulator.run">
              <Panel title={t('simulator.breakOne')}>
                <InjectForm
                  done={(fault) => void navigate({ to: '/appliances/$id', params: { id: fault.appliance } })}
                />
              </Panel>
            </Allowed>
          </SimpleGrid>
          {mayChange && <Faults />}
        </>
      )}
    </Page>
  )
}

function Speed({ data }: { data: SimulatorView }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [moving, setMoving] = useState<number>()
  const set = (body: object) => act('PATCH /api/simulator', {}, body)
  const now = data.paused ? 0 : nearest(data.speed)
  const words = (speed: number) =>
    speed === 0
      ? t('common.paused')
      : speed === FASTEST
        ? t('simulator.fastest')
        : t('common.speed', { speed: speed.toLocaleString() })
  return (
    <Stack gap="lg">
      <Slider
        min={0}
        max={speeds.length - 1}
        step={1}
        mb="xl"
        mx="md"
        value={moving ?? now}
        onChange={setMoving}
        onChangeEnd={(step) => {
          const speed = speeds[step] ?? 60
          void set(speed === 0 ? { paused: true } : { speed, paused: false }).then(() => setMoving(undefined))
        }}
        label={(step) => words(speeds[step] ?? 0)}
        thumbLabel={t('simulator.speed')}
        marks={[0, 1, 3, 5, speeds.length - 1].map((value) => ({
          value,
          label:
            value === 0 ? t('common.paused') : value === speeds.length - 1 ? t('simulator.max') : `${speeds[value]}×`,
        }))}
      />
      <Group gap="sm">
        <Button
          variant="default"
          size="xs"
          loading={busy}
          leftSection={
            data.paused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
          }
          onClick={() => void set({ paused: !data.paused })}
        >
          {data.paused ? t('common.resume') : t('common.pause')}
        </Button>
        <Button
          size="xs"
          loading={busy}
          leftSection={<IconPlayerSkipForward size={14} aria-hidden />}
          onClick={() => void set({ until: 'next-event' })}
        >
          {t('simulator.nextEvent')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('simulator.nextEventHint')}
        </Text>
      </Group>
    </Stack>
  )
}

const nearest = (speed: number): number => {
  const known = speeds.findIndex((step) => step >= speed)
  return known < 0 ? speeds.length - 1 : known
}

/** The truth so far, which detection never sees. */
function Faults() {
  const { t, lang } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/simulator/faults', {}, 10_000)
  const shapeName = (shape: string) =>
    shapes.some((known) => known === shape) ? t(`simulator.shapes.${shape as Shape}`) : shape
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('simulator.faults')}</Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('simulator.faultsHint')}
      </Text>
      {!data && <Skeleton height={120} />}
      {data && (
        <Listing
          name="faults"
          rows={data.items}
          keyOf={({ appliance, failureMode, onset }) => `${appliance}/${failureMode}/${onset}`}
          empty={t('simulator.noFaults')}
          columns={[
            {
              key: 'appliance',
              label: t('common.appliance'),
              value: ({ appliance }) => appliance,
              render: ({ appliance }) => (
                <Anchor component={Link} to={`/appliances/${appliance}`} size="sm">
                  {appliance}
                </Anchor>
              ),
            },
            { key: 'mode', label: t('common.failureMode'), value: ({ failureMode }) => names.anyMode(failureMode) },
            {
              key: 'onset',
              label: t('simulator.onset'),
              value: ({ onset }) => onset,
              render: ({ onset }) => <When at={onset} />,
            },
            {
              key: 'fails',
              label: t('simulator.fails'),
              value: ({ functionalFailureAt }) => functionalFailureAt,
              render: ({ functionalFailureAt }) => <When at={functionalFailureAt} />,
            },
            { key: 'shape', label: t('simulator.shape'), value: ({ shape }) => shapeName(shape) },
            {
              key: 'severity',
              label: t('simulator.severity'),
              isNumber: true,
              value: ({ severity }) => severity,
              render: ({ severity }) => (severity === undefined ? '—' : percent(severity, lang)),
            },
            {
              key: 'repaired',
              label: t('simulator.repaired'),
              value: ({ repairedAt }) => repairedAt ?? 0,
              render: ({ repairedAt }) => (repairedAt ? <When at={repairedAt} /> : '—'),
            },
          ]}
        />
      )}
    </Card>
  )
}
