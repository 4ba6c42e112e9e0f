import { Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Page, Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { PollForm } from './PollForm.tsx'

/** Would owners recommend us, what do they ask and advise, and what have they decided? */
export default function Members() {
  const { t } = useWords()
  return (
    <Page title={t('nav.members')}>
      <Text size="sm" c="dimmed">
        {t('members.hint')}
      </Text>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Score />
        <Posts />
      </SimpleGrid>
      <Panel title={t('members.polls')}>
        <Polls />
        <Allowed to="members.ask">
          <PollForm />
        </Allowed>
      </Panel>
    </Page>
  )
}

function Score() {
  const { t, lang } = useWords()
  const { data } = useCall('GET /api/nps', {}, 60_000)
  return (
    <Panel title={t('members.nps')}>
      {data?.nps ? (
        <Stack gap={2}>
          <Text fz={28} fw={600}>
            {number(data.nps.nps, lang, 1)}
          </Text>
          <Text size="sm" c="dimmed">
            {t('members.npsOf', {
              low: number(data.nps.interval[0], lang, 1),
              high: number(data.nps.interval[1], lang, 1),
              count: data.nps.of,
            })}
          </Text>
          {data.months.map(({ month, nps, of }) => (
            <Text key={month} size="sm">
              {month}: {number(nps, lang, 1)} ({of})
            </Text>
          ))}
        </Stack>
      ) : (
        <Empty>{t('members.noNps')}</Empty>
      )}
      {data?.indices.map(({ name, at, value, source }) => (
        <Text key={`${name}/${at}`} size="sm">
          {name}: {number(value, lang)} · {source} · <When at={at} />
        </Text>
      ))}
    </Panel>
  )
}

function Posts() {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/posts', { state: 'waiting' }, 30_000)
  const say = (post: string, show: boolean) =>
    void act('POST /api/posts/:post/moderate', { post }, { show }, t('common.saved'))
  return (
    <Panel title={t('members.toRead')}>
      {data?.items.length === 0 && <Empty>{t('members.nothingToRead')}</Empty>}
      <Stack gap="sm">
        {data?.items.map(({ id, kind, type, text, at }) => (
          <div key={id}>
            <Text size="xs" c="dimmed">
              {names.kind(kind)} · {t(`members.types.${type as 'tip'}`)} · <When at={at} />
            </Text>
            <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
              {text}
            </Text>
            <Allowed to="members.moderate">
              <Group gap="sm" mt={4}>
                <Button size="xs" variant="light" loading={busy} onClick={() => say(id, true)}>
                  {t('members.show')}
                </Button>
                <Button size="xs" variant="default" loading={busy} onClick={() => say(id, false)}>
                  {t('members.hide')}
                </Button>
              </Group>
            </Allowed>
          </div>
        ))}
        {data?.more && <Text size="xs">{t('common.shownFirst', { count: data.items.length })}</Text>}
      </Stack>
    </Panel>
  )
}

function Polls() {
  const { t } = useWords()
  const { data } = useCall('GET /api/polls', {}, 60_000)
  if (data?.items.length === 0) return <Empty>{t('members.noPolls')}</Empty>
  return (
    <Stack gap="md">
      {data?.items.map((poll) => (
        <PollResult key={poll.id} poll={poll} />
      ))}
    </Stack>
  )
}

function PollResult({ poll }: { poll: Answer<'GET /api/polls'>['items'][number] }) {
  const { say } = useWords()
  const names = useNames()
  const all = poll.votes.reduce((sum, one) => sum + one, 0)
  return (
    <div>
      <Title order={3} fz="md">
        {say(poll.question)}
      </Title>
      <Text size="xs" c="dimmed">
        {names.kind(poll.kind)} {poll.model} · <When at={poll.endsAt} />
      </Text>
      {poll.options.map((option, i) => (
        <Text key={option.en} size="sm">
          {say(option)}: {poll.votes[i] ?? 0} / {all}
        </Text>
      ))}
    </div>
  )
}
