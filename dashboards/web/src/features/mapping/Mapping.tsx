import { Alert, Badge, Button, Card, Code, Group, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Answer, type HeardDevice, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { Empty, Failure, Page, Panel } from '../../components/Page.tsx'
import { SureButton } from '../../components/Sure.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { House, OutsideBroker } from './House.tsx'
import { MapDevice } from './MapDevice.tsx'

const keyOf = ({ source, format, device }: HeardDevice): string => `${source} ${format} ${device}`

/** Plugs, hubs and other systems: what they publish, and whose it is. */
export default function Mapping() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/mapping', {}, 3_000)
  const [chosen, choose] = useState<string>()
  const device = data?.devices.find((one) => keyOf(one) === chosen)
  return (
    <Page title={t('mapping.title')}>
      <Text size="sm" c="dimmed" maw={820}>
        {t('mapping.hint', { formats: data?.formats.map(({ format }) => format).join(', ') ?? '' })}
      </Text>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && data.leftOut.length > 0 && (
        <Text size="sm" maw={820}>
          {t('mapping.leftOut', { appliances: data.leftOut.join(', ') })}
        </Text>
      )}
      {data && <Sources sources={data.sources} />}
      {data && <Heard devices={data.devices} chosen={chosen} choose={choose} />}
      <OutsideBroker />
      <House />
      {device && <MapDevice key={chosen} device={device} done={() => choose(undefined)} />}
    </Page>
  )
}

/** Who may publish to any topic. */
function Sources({ sources }: { sources: readonly string[] }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [made, setMade] = useState<Answer<'POST /api/mapping/sources'>>()
  const { data: connection } = useCall('GET /api/connection', {})
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const id = String(new FormData(event.currentTarget).get('id') ?? '').trim()
    setMade(await act('POST /api/mapping/sources', {}, { id }))
  }
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('mapping.sources')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {sources.length > 0 ? t('mapping.known', { sources: sources.join(', ') }) : t('mapping.noSource')}
      </Text>
      <Allowed to="appliances.register">
        <form onSubmit={(event) => void submit(event)}>
          <Group align="flex-end">
            <TextInput name="id" label={t('mapping.sourceId')} pattern="[A-Za-z0-9_\-]{1,64}" required />
            <Button type="submit" loading={busy}>
              {t('mapping.openSource')}
            </Button>
          </Group>
        </form>
      </Allowed>
      {made?.mqtt.password && (
        <Alert color="yellow" mt="sm" p="xs">
          <Text size="sm" mb={4}>
            {t('mapping.once')}
          </Text>
          <Code block>
            {[
              `${t('mapping.server')} mqtt://${location.hostname}:${connection?.mqttPort ?? 1883}`,
              `client id ${made.id}`,
              `${t('connect.username')} ${made.mqtt.username}`,
              `${t('signIn.password')} ${made.mqtt.password}`,
            ].join('\n')}
          </Code>
        </Alert>
      )}
    </Card>
  )
}

interface HeardProps {
  devices: readonly HeardDevice[]
  chosen: string | undefined
  choose: (key: string) => void
}
function Heard({ devices, chosen, choose }: HeardProps) {
  const { t, lang } = useWords()
  if (devices.length === 0)
    return (
      <Card withBorder padding="md">
        <Empty>{t('mapping.nothing')}</Empty>
      </Card>
    )
  return (
    <Panel title={t('mapping.heard')}>
      <Table.ScrollContainer minWidth={680}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('mapping.device')}</Table.Th>
              <Table.Th>{t('mapping.format')}</Table.Th>
              <Table.Th ta="right">{t('mapping.messages')}</Table.Th>
              <Table.Th>{t('mapping.last')}</Table.Th>
              <Table.Th>{t('mapping.values')}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {devices.map((one) => (
              <Table.Tr key={keyOf(one)} bg={keyOf(one) === chosen ? 'var(--mantine-color-default-hover)' : undefined}>
                <Table.Td>
                  <Stack gap={0}>
                    <Text size="sm">{one.device}</Text>
                    <Mapped device={one} />
                    {one.fault && (
                      <Text size="xs" c="red">
                        {one.fault}
                      </Text>
                    )}
                  </Stack>
                </Table.Td>
                <Table.Td>
                  <Badge variant="light">{one.format}</Badge>{' '}
                  <Text span size="xs" c="dimmed">
                    {one.source}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{number(one.count, lang, 0)}</Table.Td>
                <Table.Td>
                  <When at={one.lastAt} />
                </Table.Td>
                <Table.Td>
                  <Text size="xs" lineClamp={2}>
                    {one.values.map(({ value, last }) => `${value} ${last}`).join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  <Allowed to="appliances.register">
                    <Button size="compact-sm" variant="light" onClick={() => choose(keyOf(one))}>
                      {t('mapping.map')}
                    </Button>
                  </Allowed>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  )
}

/** The appliances that it is mapped to, each with the way back. */
function Mapped({ device }: { device: HeardDevice }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const appliances = [...new Set(device.values.flatMap(({ appliance }) => appliance ?? []))]
  return appliances.map((appliance) => (
    <Group key={appliance} gap="xs">
      <Link to="/appliances/$id" params={{ id: appliance }}>
        {appliance}
      </Link>
      <Allowed to="appliances.register">
        <SureButton
          label={t('mapping.unmapOf', { appliance })}
          title={t('mapping.unmap')}
          why={t('mapping.unmapWhy', { appliance })}
          busy={busy}
          deed={async () =>
            (await act('DELETE /api/mapping/:appliance', { appliance }, undefined, t('common.saved'))) !== undefined
          }
        >
          {t('mapping.unmap')}
        </SureButton>
      </Allowed>
    </Group>
  ))
}
