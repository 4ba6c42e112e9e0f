import { Button, Group, SegmentedControl, Stack, Text, Textarea, Title } from '@mantine/core'
import { useState } from 'react'
import { type Answer, ApiError, call, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

type Act = (work: () => Promise<unknown>) => Promise<void>

/** What an owner has as a member: points and what they are good for, what others advise, and their one vote. Absent where there is no membership. */
export function OwnMembership({ secret }: { secret: string }) {
  const { t } = useWords()
  const { data: member, refetch } = useCall('GET /api/p/:secret/member', { secret })
  const { data: posts, refetch: again } = useCall('GET /api/p/:secret/posts', member?.isOn ? { secret } : null)
  const { data: polls, refetch: anew } = useCall('GET /api/p/:secret/polls', member?.isOn ? { secret } : null)
  const [said, setSaid] = useState<string>()
  if (!member?.isOn) return null
  const act: Act = async (work) => {
    setSaid(undefined)
    try {
      await work()
      await Promise.all([refetch(), again(), anew()])
      setSaid(t('common.saved'))
    } catch (problem) {
      setSaid(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
    }
  }
  return (
    <Stack gap="md">
      <Points member={member} secret={secret} act={act} />
      {said && (
        <Text size="sm" role="status">
          {said}
        </Text>
      )}
      <Write secret={secret} act={act} />
      {posts?.items.map(({ id, type, text, likes }) => (
        <div key={id}>
          <Text size="xs" c="dimmed">
            {t(`members.types.${type as 'tip'}`)}
          </Text>
          <Text size="sm" style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
            {text}
          </Text>
          <Button
            size="xs"
            variant="subtle"
            onClick={() =>
              void act(() => call('POST /api/p/:secret/posts/:post/like', { secret, post: id }, { like: true }))
            }
          >
            {t('members.like', { count: likes })}
          </Button>
        </div>
      ))}
      {polls?.items.map((poll) => (
        <Ballot key={poll.id} poll={poll} secret={secret} act={act} />
      ))}
    </Stack>
  )
}

function Points({ member, secret, act }: { member: Answer<'GET /api/p/:secret/member'>; secret: string; act: Act }) {
  const { t, say, lang } = useWords()
  return (
    <div>
      <Title order={2}>
        {t('members.mine', { points: number(member.balance, lang, 0), tier: say(member.tier?.text) })}
      </Title>
      <Group gap="sm" mt="xs">
        {member.rewards.map(({ id, text, points }) => (
          <Button
            key={id}
            variant="light"
            disabled={member.balance < points}
            onClick={() => void act(() => call('POST /api/p/:secret/redeem', { secret }, { reward: id }))}
          >
            {t('members.take', { what: say(text), points })}
          </Button>
        ))}
      </Group>
      {member.entries.slice(0, 10).map(({ at, points, why, ref }) => (
        <Text key={`${why}/${ref}`} size="sm" c="dimmed">
          {points > 0 ? '+' : ''}
          {points} · {t(`members.why.${why as 'visit'}`)} · <When at={at} />
        </Text>
      ))}
    </div>
  )
}

function Write({ secret, act }: { secret: string; act: Act }) {
  const { t } = useWords()
  const [type, setType] = useState('tip')
  const [text, setText] = useState('')
  const send = () =>
    act(() => call('POST /api/p/:secret/posts', { secret }, { type, text: text.trim() })).then(() => setText(''))
  return (
    <Stack gap="xs">
      <SegmentedControl
        aria-label={t('members.what')}
        value={type}
        onChange={setType}
        data={(['tip', 'question'] as const).map((value) => ({ value, label: t(`members.types.${value}`) }))}
      />
      <Textarea
        label={t('members.say')}
        description={t('members.sayHint')}
        value={text}
        maxLength={2_000}
        autosize
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button variant="default" disabled={text.trim().length < 3} onClick={() => void send()}>
        {t('common.send')}
      </Button>
    </Stack>
  )
}

function Ballot({
  poll,
  secret,
  act,
}: {
  poll: Answer<'GET /api/p/:secret/polls'>['items'][number]
  secret: string
  act: Act
}) {
  const { say } = useWords()
  return (
    <Stack gap="xs">
      <Title order={3} fz="md">
        {say(poll.question)}
      </Title>
      {poll.options.map((option, i) => (
        <Button
          key={option.en}
          variant="default"
          onClick={() =>
            void act(() => call('POST /api/p/:secret/polls/:poll/vote', { secret, poll: poll.id }, { option: i }))
          }
        >
          {say(option)} · {poll.votes[i] ?? 0}
        </Button>
      ))}
    </Stack>
  )
}
