import { Anchor, Badge, Button, Card, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconBellRinging } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { usePush } from './usePush.ts'

/** What is for me? */
export default function Inbox() {
  const { t, say } = useWords()
  const may = useMay()
  const [filters, filter] = useFilters<'of'>()
  const of = filters.of === 'owners' && may('owners.contact') ? 'owners' : 'desk'
  const { data, error, refetch } = useCall('GET /api/inbox', { of, limit: 200 }, 15_000)
  useFresh(['ticket', 'alert'], ['/api/inbox'])
  const push = usePush()
  const { act, busy } = useAction()
  const readAll = () =>
    act('POST /api/inbox/read', {}, { keys: (data?.items ?? []).filter(({ readAt }) => !readAt).map(({ key }) => key) })
  return (
    <Page
      title={t('nav.inbox')}
      action={
        <Allowed to="inbox.read">
          <Button
            variant="default"
            leftSection={<IconBellRinging size={16} aria-hidden />}
            disabled={push.state !== 'off' && push.state !== 'on'}
            loading={push.busy}
            onClick={() => void push.toggle()}
          >
            {t(`inbox.push.${push.state}`)}
          </Button>
        </Allowed>
      }
    >
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={t('inbox.of')}
        value={of}
        onChange={(value) => filter({ of: value === 'desk' ? null : value })}
        data={[
          { value: 'desk', label: t('inbox.desk') },
          ...(may('owners.contact') ? [{ value: 'owners', label: t('inbox.owners') }] : []),
        ]}
      />
      {may('inbox.read') && (data?.items ?? []).some(({ readAt }) => !readAt) && (
        <Button size="xs" variant="default" w="fit-content" loading={busy} onClick={() => void readAll()}>
          {t('care.readAll')}
        </Button>
      )}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data?.items.length === 0 && <Empty>{t(of === 'desk' ? 'inbox.emptyDesk' : 'inbox.emptyOwners')}</Empty>}
      <Stack gap="sm">
        {data?.items.map(({ key, title, body, at, to, ticket, appliance, readAt }) => (
          <Card key={key} withBorder padding="sm">
            <Text size="xs" c="dimmed">
              <When at={at} />
              {!readAt && (
                <Badge ml={6} size="sm" variant="light">
                  {t('care.unread')}
                </Badge>
              )}
              {to.role === 'owner' && ` · ${t('inbox.to', { name: to.name ?? '—', contact: to.contact ?? '—' })}`}
            </Text>
            <Text fw={600}>{to.role === 'owner' ? title[to.language] : say(title)}</Text>
            <Text size="sm">{to.role === 'owner' ? body[to.language] : say(body)}</Text>
            <Text size="sm" mt={4}>
              {ticket && (
                <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
                  {t('inbox.ticket')}
                </Anchor>
              )}
              {ticket && appliance && ' · '}
              {appliance && (
                <Anchor component={Link} to={`/appliances/${appliance}`} size="sm">
                  {appliance}
                </Anchor>
              )}
            </Text>
          </Card>
        ))}
      </Stack>
    </Page>
  )
}
