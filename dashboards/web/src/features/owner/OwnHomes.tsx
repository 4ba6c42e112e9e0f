import { Button, Card, Group, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** Where an owner who signs in begins: the pages that their account keeps, and a field for one more. */
export default function OwnHomes() {
  const { t, say } = useWords()
  const { data, error, refetch } = useCall('GET /api/home', {})
  const { act, busy } = useAction()
  return (
    <Page title={t('home.title')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={120} />}
      {data?.items.map(({ appliance, path, name, appliances }) => (
        <Card key={appliance} withBorder padding="md" component="section" aria-label={name}>
          <Stack gap="xs">
            <Title order={2}>{name}</Title>
            <Text>{appliances.map(({ kindName, model }) => `${say(kindName)} ${model}`).join(' · ')}</Text>
            <Group>
              <Button component="a" href={path}>
                {t('home.open')}
              </Button>
              <Button
                variant="subtle"
                loading={busy}
                onClick={() => void act('DELETE /api/home/:appliance', { appliance })}
              >
                {t('home.letGo')}
              </Button>
            </Group>
          </Stack>
        </Card>
      ))}
      {data && <AddHome isFirst={data.items.length === 0} />}
    </Page>
  )
}

function AddHome({ isFirst }: { isFirst: boolean }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [link, setLink] = useState('')
  return (
    <Panel title={t(isFirst ? 'home.addFirst' : 'home.addMore')} hint={t('home.addHint')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void act('POST /api/home', {}, { link }).then((kept) => kept && setLink(''))
        }}
      >
        <Group align="end">
          <TextInput
            label={t('home.link')}
            value={link}
            onChange={(event) => setLink(event.currentTarget.value)}
            required
            flex={1}
            miw={220}
          />
          <Button type="submit" loading={busy}>
            {t('home.keep')}
          </Button>
        </Group>
      </form>
    </Panel>
  )
}
