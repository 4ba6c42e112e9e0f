import { Alert, Container, Skeleton, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useWords } from '../../words/index.ts'

/** A page behind a link, on a phone: what is shown while it loads, and where the link leads nowhere. */
export function LinkPage<V>({
  view,
  error,
  title,
  size = 460,
  tellsWhy = false,
  children,
}: {
  view: V | undefined
  error: Error | null
  /** Of the window. */
  title: string | undefined
  size?: number
  /** The server says why the link leads nowhere; else it is only said that it does. */
  tellsWhy?: boolean
  children: (view: V) => ReactNode
}) {
  const { t } = useWords()
  useEffect(() => {
    document.title = title === undefined ? 'Hearthwatch' : `${title} · Hearthwatch`
  }, [title])
  return (
    <Container size={size} px="md" py="lg" component="main">
      {view === undefined && error && (
        <Alert color="red" title={tellsWhy ? error.message : t('owner.noSuchLink')}>
          {!tellsWhy ? t('owner.noSuchLinkWhy') : 'remedy' in error ? String(error.remedy) : ''}
        </Alert>
      )}
      {view === undefined && !error && (
        <Stack aria-busy="true">
          <Skeleton height={28} width="70%" />
          <Skeleton height={110} />
          <Skeleton height={220} />
        </Stack>
      )}
      {view !== undefined && <Stack gap="lg">{children(view)}</Stack>}
    </Container>
  )
}

/** What it is about, and the one sentence that matters. */
export const LinkHeader = ({ about, children, more }: { about: ReactNode; children: ReactNode; more?: ReactNode }) => (
  <header>
    <Text size="sm" c="dimmed">
      {about}
    </Text>
    <Title order={1} fz={22} lh={1.3}>
      {children}
    </Title>
    {more}
  </header>
)
