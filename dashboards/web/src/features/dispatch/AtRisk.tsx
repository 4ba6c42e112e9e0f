import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { BoardJob, DispatchBoard } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { slotText } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'
import type { Moving } from './useMove.tsx'

type Listed = BoardJob & Partial<DispatchBoard['unplanned'][number]> & { name?: string }

/** What is nobody's, and what will begin later than promised: first, each with its way out. */
export function AtRisk({ board, move }: { board: DispatchBoard; move: ((moving: Moving) => void) | undefined }) {
  const { t, lang } = useWords()
  const names = useNames()
  const late = board.engineers.flatMap(({ name, jobs }) =>
    jobs.filter(({ lateMinutes }) => lateMinutes > 0).map((job): Listed => ({ ...job, name })),
  )
  const jobs: Listed[] = [...board.unplanned, ...late.toSorted((a, b) => b.lateMinutes - a.lateMinutes)]
  if (jobs.length === 0) return null
  return (
    <Stack gap="xs" component="section" aria-label={t('dispatch.atRisk')}>
      <Title order={2} size="h4">
        {t('dispatch.atRisk')}
      </Title>
      {jobs.map((job) => (
        <Paper key={job.ticket} withBorder p="xs">
          <Group gap="sm" wrap="wrap">
            <Badge color={job.name ? 'orange' : 'red'} variant="light" tt="none">
              {job.name ? t('dispatch.lateBy', { count: job.lateMinutes }) : t('dispatch.unplanned')}
            </Badge>
            <Link to="/tickets/$id" params={{ id: job.ticket }}>
              {job.number}
            </Link>
            <Text size="sm">{names.mode(job.kind, job.failureMode)}</Text>
            <Text size="sm" c="dimmed">
              {slotText(job.slot, lang, job.zone)}
            </Text>
            {job.name && <Text size="sm">{job.name}</Text>}
            {job.why && <Text size="sm">{told(job, 'why', lang)}</Text>}
            {move && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => move({ ticket: job.ticket, number: job.number, kind: job.kind })}
              >
                {t('dispatch.moveButton')}
              </Button>
            )}
          </Group>
        </Paper>
      ))}
    </Stack>
  )
}
