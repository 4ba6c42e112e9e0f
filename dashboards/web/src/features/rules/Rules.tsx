import { Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { RuleForm } from './RuleForm.tsx'
import { RulePreviewView } from './RulePreviewView.tsx'
import { ruleOf, type WrittenRule } from './ruleDraft.ts'

/** Which rules did people write, which run, and what would one have done? */
export default function Rules() {
  const { t } = useWords()
  const may = useMay()
  const { data, error, refetch } = useCall('GET /api/rules', {}, 15_000)
  const [{ kind, metric, op, limit }, filter] = useFilters<'kind' | 'metric' | 'op' | 'limit'>()
  // What was seen on a chart is where a new rule begins.
  const seen =
    kind && metric ? ruleOf(kind, { metric, op: op === 'below' ? op : 'above', limit: Number(limit) || 0 }) : undefined
  const [editing, setEditing] = useState<string | null>(seen ? '' : null)
  const done = () => {
    setEditing(null)
    if (seen) filter({ kind: null, metric: null, op: null, limit: null })
  }
  const known = data?.items.find(({ id }) => id === editing)
  return (
    <Page title={t('nav.rules')}>
      <Text size="sm" c="dimmed">
        {t('rules.hint')}
      </Text>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={200} />}
      <Allowed to="rules.change">
        <Group>
          <Button size="xs" onClick={() => setEditing('')}>
            {t('rules.write')}
          </Button>
        </Group>
      </Allowed>
      {editing !== null && (
        <Card withBorder padding="md">
          <RuleForm key={editing} known={known} first={seen} done={done} />
        </Card>
      )}
      {data?.items.length === 0 && <Text size="sm">{t(may('rules.change') ? 'rules.empty' : 'rules.none')}</Text>}
      <Stack gap="sm">
        {data?.items.map((one) => (
          <RuleCard key={one.id} one={one} edit={() => setEditing(one.id)} />
        ))}
      </Stack>
    </Page>
  )
}

const color = { draft: 'gray', armed: 'teal', paused: 'yellow', withdrawn: 'gray' } as const
type Previewed = Answer<'POST /api/rules/:id/preview'>

function RuleCard({ one, edit }: { one: WrittenRule; edit: () => void }) {
  const { t, say } = useWords()
  const { act, busyWith } = useAction()
  const { id, state, version, armed, rule, record, preview } = one
  const look = () => act('POST /api/rules/:id/preview', { id }, { days: 90 })
  const move = (which: 'arm' | 'pause' | 'withdraw') =>
    void act('POST /api/rules/:id/:move', { id, move: which }, {}, t(`rules.moved.${which}`))
  const canArm = state !== 'withdrawn' && (state !== 'armed' || armed !== version)
  return (
    <Card withBorder padding="md" component="section" aria-label={say(rule.name)}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={2}>{say(rule.name)}</Title>
            <Badge color={color[state]} variant="light" tt="none">
              {t(`rules.states.${state}`)}
            </Badge>
          </Group>
          <Text size="xs" c="dimmed">
            {id} · {rule.scope.kind} · {t('rules.version', { version })}
            {state === 'armed' && armed !== version && ` · ${t('rules.runs', { version: armed ?? 0 })}`} ·{' '}
            {t('rules.owner', { owner: one.owner.replace('user:', '') })} · <When at={one.changedAt} />
          </Text>
          <Text size="xs">{t('rules.record', record)}</Text>
        </div>
        <Allowed to="rules.change">
          <Group gap="xs">
            {state !== 'withdrawn' && (
              <>
                <Button size="xs" variant="default" onClick={edit}>
                  {t('rules.edit')}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  loading={busyWith === 'POST /api/rules/:id/preview'}
                  onClick={() => void look()}
                >
                  {t('rules.preview')}
                </Button>
              </>
            )}
            {canArm && preview && (
              <Button size="xs" onClick={() => move('arm')}>
                {t('rules.moves.arm')}
              </Button>
            )}
            {state === 'armed' && (
              <Button size="xs" variant="default" onClick={() => move('pause')}>
                {t('rules.moves.pause')}
              </Button>
            )}
            {state !== 'withdrawn' && (
              <Button size="xs" variant="default" color="red" onClick={() => move('withdraw')}>
                {t('rules.moves.withdraw')}
              </Button>
            )}
          </Group>
        </Allowed>
      </Group>
      {preview && <RulePreviewView preview={preview satisfies Previewed} />}
      <Steps steps={one.steps} />
    </Card>
  )
}

function Steps({ steps }: Pick<WrittenRule, 'steps'>) {
  const { t } = useWords()
  return (
    <Stack gap={0} mt="xs" aria-label={t('rules.history')}>
      {steps.slice(-5).map(({ at, by, what, version, why }, i) => (
        // Steps are in order, and have no name
        <Text key={i} size="xs" c="dimmed">
          <When at={at} /> {by.replace('user:', '')} {t(`rules.steps.${what}`)} {t('rules.version', { version })} {why}
        </Text>
      ))}
    </Stack>
  )
}
