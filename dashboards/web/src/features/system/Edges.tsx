import { Text } from '@mantine/core'
import type { IngestView } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useWords } from '../../words/index.ts'

type Edge = NonNullable<IngestView['edges']>[number]

/** Doors that run by themselves: which is silent, and what each holds that is not here yet. */
export function Edges({ edges, bytes }: { edges: IngestView['edges']; bytes: (count: number) => string }) {
  const { t } = useWords()
  if (!edges?.length) return null
  const cells: Cell<Edge>[] = [
    { key: 'id', label: t('data.edge'), render: ({ id }) => id },
    { key: 'heard', label: t('data.edgeHeard'), isNumber: true, render: ({ heardAt }) => <When at={heardAt} /> },
    {
      key: 'holds',
      label: t('data.edgeHolds'),
      isNumber: true,
      render: ({ behindBytes, isAskedAgain }) =>
        `${bytes(behindBytes)}${isAskedAgain ? ` · ${t('data.edgeAgain')}` : ''}`,
    },
  ]
  return (
    <Panel title={t('data.edges')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('data.edgesText')}
      </Text>
      <Rows cells={cells} rows={edges} keyOf={({ id }) => id} />
    </Panel>
  )
}
