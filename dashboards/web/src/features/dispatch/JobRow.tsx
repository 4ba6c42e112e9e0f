import { Badge, Button, Group, Paper, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { BoardJob, DispatchBoard } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { slotText } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'
import type { Moving } from './useMove.tsx'

/** A job as it is listed: whose it is where that is not said otherwise, and why it is nobody's. */
export type ListedJob = BoardJob & Partial<DispatchBoard['unplanned'][number]> & { name?: string }

/** One job in a line, with the way out of what is wrong with it. */
export function JobRow({ job, move }: { job: ListedJob; move: ((moving: Moving) => void) | undefined }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <Paper withBorder p="xs">
      <Group gap="sm" wrap="wrap">
        {job.lateMinutes > 0 ? (
          <Badge color="orange" variant="light" tt="none">
            {t('dispatch.lateBy', { count: job.lateMinutes })}
          </Badge>
        ) : (
          !job.name && (
            <Badge color="red" variant="light" tt="none">
              {t('dispatch.unplanned')}
            </Badge>
          )
        )}
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
  )
}
