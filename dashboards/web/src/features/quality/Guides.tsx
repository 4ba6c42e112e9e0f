import { Skeleton } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useWords } from '../../words/index.ts'

type Guide = Answer<'GET /api/quality/guides'>['items'][number]

export function Guides() {
  const { t, say, lang } = useWords()
  const { data } = useCall('GET /api/quality/guides', {}, 60_000)
  const cells: Cell<Guide>[] = [
    { key: 'title', label: t('quality.guide'), render: ({ title }) => say(title) },
    { key: 'offered', label: t('quality.offered'), isNumber: true, render: ({ offered }) => offered },
    { key: 'helped', label: t('quality.helped'), isNumber: true, render: ({ helped }) => helped },
    { key: 'failed', label: t('quality.failedAgain'), isNumber: true, render: ({ failed }) => failed },
    { key: 'verified', label: t('quality.verifiedBy'), isNumber: true, render: ({ verified }) => verified },
    {
      key: 'deflection',
      label: t('quality.deflection'),
      isNumber: true,
      render: ({ deflection }) => (deflection === null ? '—' : percent(deflection, lang)),
    },
  ]
  return (
    <Panel title={t('quality.guides')}>
      {!data && <Skeleton height={120} />}
      {data && <Rows cells={cells} rows={data.items} keyOf={({ id }) => id} minWidth={480} />}
    </Panel>
  )
}
