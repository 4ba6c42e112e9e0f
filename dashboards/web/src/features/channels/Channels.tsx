import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { ChannelForm } from './ChannelForm.tsx'

type Channel = Answer<'GET /api/channels'>['items'][number]

/** Who carries messages to people: accounts, their receipts, a test; what is secret is entered and never shown. */
export function Channels() {
  const { t } = useWords()
  const { data } = useCall('GET /api/channels', {})
  const [edited, edit] = useState<Channel | 'new'>()
  if (!data) return null
  return (
    <Panel title={t('channels.title')} hint={t('channels.hint')}>
      {data.items.length === 0 && (
        <Text size="sm" mb="sm">
          {t('channels.none')}
        </Text>
      )}
      <Stack gap="sm">
        {data.items.map((channel) => (
          <Account key={channel.id} channel={channel} edit={() => edit(channel)} />
        ))}
      </Stack>
      <Allowed to="channels.change">
        <Button size="xs" variant="default" mt="sm" onClick={() => edit('new')}>
          {t('channels.add')}
        </Button>
      </Allowed>
      {edited && (
        <ChannelForm
          kinds={data.kinds}
          {...(edited === 'new' ? {} : { channel: edited })}
          close={() => edit(undefined)}
        />
      )}
    </Panel>
  )
}

function Account({ channel, edit }: { channel: Channel; edit: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [to, setTo] = useState('')
  const { id, kind, isOn, receiptsUrl, way } = channel
  return (
    <section aria-label={id}>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={500}>
          {id} · {t(`channels.kinds.${kind}`)}
        </Text>
        <Badge variant="light" color={isOn ? 'teal' : 'gray'} tt="none">
          {t(isOn ? 'channels.on' : 'channels.off')}
        </Badge>
      </Group>
      {receiptsUrl && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('channels.receipts')} {receiptsUrl}
        </Text>
      )}
      <Allowed to="channels.change">
        <Group gap="xs" mt={4} align="flex-end">
          {way !== 'robot' && (
            <TextInput
              size="xs"
              label={t('channels.testTo')}
              value={to}
              onChange={(e) => setTo(e.currentTarget.value)}
            />
          )}
          <Button
            size="compact-xs"
            variant="default"
            loading={busy}
            disabled={way !== 'robot' && !to}
            onClick={() => void act('POST /api/channels/:id/test', { id }, { to }, t('channels.taken'))}
          >
            {t('channels.test')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={edit}>
            {t('channels.edit')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            loading={busy}
            onClick={() => void act('DELETE /api/channels/:id', { id }, undefined, t('common.saved'))}
          >
            {t('channels.remove')}
          </Button>
        </Group>
      </Allowed>
    </section>
  )
}
