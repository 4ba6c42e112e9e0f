import { Alert, Button, Card, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { ApiError } from '../api.ts'
import { useWords } from '../words/index.ts'

/** A page: its title and its one main action on top. */
export function Page({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Hearthwatch`
  }, [title])
  return (
    <Stack gap="lg">
      <Group justify="space-between" wrap="wrap">
        <Title order={1}>{title}</Title>
        {action}
      </Group>
      {children}
    </Stack>
  )
}

/** A part of a page, with its own title; `hint` says what it is for. */
export function Panel({ title, hint, children }: { title: ReactNode; hint?: ReactNode; children?: ReactNode }) {
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="xs">
        {title}
      </Title>
      {hint !== undefined && (
        <Text size="sm" c="dimmed" mb="sm">
          {hint}
        </Text>
      )}
      {children}
    </Card>
  )
}

/** The page's skeleton while it loads; where its title is known, with that. */
export function Waiting({ title }: { title?: string }) {
  return (
    <Stack gap="md" aria-busy="true">
      {title === undefined ? <Skeleton height={26} width={220} /> : <Title order={1}>{title}</Title>}
      <Skeleton height={120} />
      <Skeleton height={240} />
    </Stack>
  )
}

/** What went wrong, what to do, and what was there before stays. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords()
  const known = error instanceof ApiError ? error : undefined
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={known?.status === 0 ? t('common.offline') : t('common.loadFailed')}
    >
      <Text size="sm">{known && known.status !== 0 ? `${known.message} ${known.remedy}` : ''}</Text>
      {retry && (
        <Button size="xs" mt="sm" variant="light" onClick={retry}>
          {t('common.retry')}
        </Button>
      )}
    </Alert>
  )
}

/** A page that did not come, or broke: why, and the way on. What was loaded of it is loaded anew. */
export function PageFailed({ error }: { error: unknown }) {
  const { t } = useWords()
  // A part of the program that does not come, or a server that does not answer; anything else is a fault of ours.
  const isAway = !navigator.onLine || /dynamically imported|module script|Failed to fetch|offline/i.test(String(error))
  return (
    <Alert
      color={isAway ? 'gray' : 'red'}
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      title={t(isAway ? 'common.pageAway' : 'common.pageBroke')}
    >
      <Text size="sm">{t(isAway ? 'common.pageAwayWhy' : 'common.pageBrokeWhy')}</Text>
      <Button size="xs" mt="sm" variant="light" onClick={() => location.reload()}>
        {t('common.retry')}
      </Button>
    </Alert>
  )
}

/** An address that leads nowhere: mistyped, or of a page that is gone. */
export function NoSuchPage() {
  const { t } = useWords()
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="sm">
        <Title order={1}>{t('common.noSuchPage')}</Title>
        <Text c="dimmed" ta="center">
          {t('common.noSuchPageWhy')}
        </Text>
        <Button component="a" href="/" variant="light">
          {t('common.toStart')}
        </Button>
      </Stack>
    </Center>
  )
}

/** An empty place says what will appear here, and how to make it appear. */
export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center mih={120}>
      <Text c="dimmed" size="sm" ta="center" maw={460}>
        {children}
      </Text>
    </Center>
  )
}
