import { Alert, Button, Card, Code, CopyButton, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload, IconKey } from '@tabler/icons-react'
import { type Answer, useCall } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

export type Registered = Pick<
  NonNullable<Answer<'POST /api/imports/appliances'>['made']>[number],
  'id' | 'kind' | 'mqtt'
>

/** The credentials, once, in commands that are ready to run. */
export function Credentials({ made }: { made: readonly Registered[] }) {
  const { t } = useWords()
  const names = useNames()
  const { data: connection } = useCall('GET /api/connection', {})
  const [first] = made
  if (!first) return null
  const host = location.hostname
  const secure = connection?.mqttsPort
  const port = secure ?? connection?.mqttPort ?? 1883
  const topic = `appliances/${first.kind}/${first.id}/telemetry`
  const metrics = Object.fromEntries(
    (names.kindOf(first.kind)?.metricNames ?? ['power']).slice(0, 3).map((name, i) => [name, [4.1, -18.2, -24.5][i]]),
  )
  const password = first.mqtt?.password ?? ''
  const shell = [
    `mosquitto_pub -h ${host} -p ${port} ${secure ? '--capath /etc/ssl/certs ' : ''}-i ${first.id} -u ${first.id} -P '${password}' -q 1 \\`,
    `  -t ${topic} \\`,
    `  -m '{"ts":'$(date +%s%3N)',"metrics":${JSON.stringify(metrics)}}'`,
  ].join('\n')
  const node = `import mqtt from 'mqtt'

const client = mqtt.connect('${secure ? 'mqtts' : 'mqtt'}://${host}:${port}', {
  clientId: '${first.id}',
  username: '${first.id}',
  password: '${password}',
})
await client.publishAsync(
  '${topic}',
  JSON.stringify({ ts: Date.now(), metrics: ${JSON.stringify(metrics)} }),
  { qos: 1 },
)
await client.endAsync()`
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('connect.credentials')}</Title>
        {made.length > 1 && (
          <Button
            size="xs"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={() =>
              downloadCsv(
                'credentials',
                made.map(({ id, mqtt }) => ({ id, ...mqtt })),
              )
            }
          >
            {t('connect.download', { count: made.length })}
          </Button>
        )}
      </Group>
      {!first.mqtt && <Alert color="gray">{t('connect.known')}</Alert>}
      {first.mqtt && (
        <Stack gap="sm">
          <Alert color="yellow" icon={<IconKey size={18} />} p="xs">
            {t('connect.once')}
          </Alert>
          <Text size="sm">
            {t('connect.username')} <Code>{first.mqtt.username}</Code> · {t('signIn.password')}{' '}
            <Code style={{ overflowWrap: 'anywhere' }}>{first.mqtt.password}</Code>
          </Text>
          <Tabs defaultValue="shell">
            <Tabs.List>
              <Tabs.Tab value="shell">mosquitto_pub</Tabs.Tab>
              <Tabs.Tab value="node">Node.js</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="shell" pt="sm">
              <Command text={shell} />
            </Tabs.Panel>
            <Tabs.Panel value="node" pt="sm">
              <Command text={node} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      )}
    </Card>
  )
}

function Command({ text }: { text: string }) {
  const { t } = useWords()
  return (
    <Stack gap={6}>
      {/* A box that scrolls must be reachable by the keyboard */}
      <Code block tabIndex={0} style={{ overflowX: 'auto' }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="compact-xs"
            variant="default"
            w="fit-content"
            leftSection={copied ? <IconCheck size={12} aria-hidden /> : <IconCopy size={12} aria-hidden />}
            onClick={copy}
          >
            {copied ? t('common.copied') : t('common.copy')}
          </Button>
        )}
      </CopyButton>
    </Stack>
  )
}
