import { SimpleGrid } from '@mantine/core'
import { Page } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { DayThen } from './DayThen.tsx'
import { Effect } from './Effect.tsx'
import { EmergingDefects } from './EmergingDefects.tsx'
import { Guides } from './Guides.tsx'
import { Kpis } from './Kpis.tsx'
import { LifeTable } from './LifeTable.tsx'
import { MonthReport } from './MonthReport.tsx'

/** Are we good, what begins to fail, and how long does it last? */
export default function Quality() {
  const { t } = useWords()
  return (
    <Page title={t('nav.quality')}>
      <Kpis />
      <EmergingDefects />
      <LifeTable />
      <Effect />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Guides />
        <MonthReport />
        <DayThen />
      </SimpleGrid>
    </Page>
  )
}
