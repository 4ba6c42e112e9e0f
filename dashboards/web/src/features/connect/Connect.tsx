import { Alert, Card, SegmentedControl, SimpleGrid, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { Empty, Page, Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { ConnectCsv } from './ConnectCsv.tsx'
import { ConnectForm } from './ConnectForm.tsx'
import { Credentials, type Registered } from './Credentials.tsx'
import { Factory, FactoryList } from './Factory.tsx'
import { FirstReading } from './FirstReading.tsx'
import { GatewayForm } from './GatewayForm.tsx'
import { RotateSecrets } from './RotateSecrets.tsx'
import { UnheardOnes } from './UnheardOnes.tsx'

/** How do I get mine in? */
export default function Connect() {
  const { t } = useWords()
  const [way, setWay] = useState('one')
  const [made, setMade] = useState<readonly Registered[]>([])
  const { data: simulator } = useCall('GET /api/simulator', {})
  return (
    <Page title={t('connect.title')}>
      {!!simulator?.appliances && <Alert color="gray">{t('connect.simulated')}</Alert>}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Card withBorder padding="md">
          <Stack gap="md">
            <Title order={2}>{t('connect.register')}</Title>
            <SegmentedControl
              size="xs"
              aria-label={t('connect.way')}
              value={way}
              onChange={setWay}
              data={[
                { value: 'one', label: t('connect.one') },
                { value: 'csv', label: t('connect.csv') },
                { value: 'gateway', label: t('places.gateway') },
                { value: 'factory', label: t('factory.way') },
              ]}
            />
            {way === 'one' && <ConnectForm done={(one) => setMade([one])} />}
            {way === 'csv' && <ConnectCsv done={setMade} />}
            {way === 'gateway' && <GatewayForm />}
            {way === 'factory' && <Factory />}
          </Stack>
        </Card>
        <Stack gap="md" style={{ minWidth: 0 }}>
          {way === 'factory' && (
            <Panel title={t('factory.list')}>
              <FactoryList />
            </Panel>
          )}
          {way !== 'factory' && made.length === 0 && (
            <Card withBorder padding="md">
              <Empty>{t('connect.empty')}</Empty>
            </Card>
          )}
          {made.length > 0 && <Credentials made={made} />}
          {made[0] && <FirstReading key={made[0].id} appliance={made[0].id} />}
          <UnheardOnes />
          <RotateSecrets />
        </Stack>
      </SimpleGrid>
    </Page>
  )
}
