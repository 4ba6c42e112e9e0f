import { Badge } from '@mantine/core'
import { useWords } from '../../words/index.ts'

/** 1 is now, 4 when convenient; the number says it, the colour helps. */
export function PriorityBadge({ priority }: { priority: number }) {
  const { t } = useWords()
  return (
    <Badge
      variant={priority === 1 ? 'filled' : 'light'}
      color={priority === 1 ? 'red' : priority === 2 ? 'yellow' : 'gray'}
      size="sm"
      title={t(`ticket.priorities.${priority as 1}`)}
    >
      P{priority}
    </Badge>
  )
}
