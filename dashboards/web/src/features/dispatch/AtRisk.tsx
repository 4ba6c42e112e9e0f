import { Stack, Title } from '@mantine/core'
import type { DispatchBoard } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { JobRow, type ListedJob } from './JobRow.tsx'
import type { Moving } from './useMove.tsx'

/** What is nobody's, and what will begin later than promised: first, each with its way out. */
export function AtRisk({ board, move }: { board: DispatchBoard; move: ((moving: Moving) => void) | undefined }) {
  const { t } = useWords()
  const late = board.engineers.flatMap(({ name, jobs }) =>
    jobs.filter(({ lateMinutes }) => lateMinutes > 0).map((job): ListedJob => ({ ...job, name })),
  )
  const jobs: ListedJob[] = [...board.unplanned, ...late.toSorted((a, b) => b.lateMinutes - a.lateMinutes)]
  if (jobs.length === 0) return null
  return (
    <Stack gap="xs" component="section" aria-label={t('dispatch.atRisk')}>
      <Title order={2} size="h4">
        {t('dispatch.atRisk')}
      </Title>
      {jobs.map((job) => (
        <JobRow key={job.ticket} job={job} move={move} />
      ))}
    </Stack>
  )
}
