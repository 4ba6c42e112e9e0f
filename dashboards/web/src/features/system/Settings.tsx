import { Badge, Button, Card, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { brief } from '../../components/brief.ts'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useSignOut } from '../../offline/signOut.ts'
import { useWords } from '../../words/index.ts'
import { Channels } from '../channels/Channels.tsx'
import { Accounts } from './Accounts.tsx'
import { AllOrganisations } from './AllOrganisations.tsx'
import { Backup } from './Backup.tsx'
import { MyPassword } from './MyPassword.tsx'
import { AllKeys, MyKeys } from './ways/MyKeys.tsx'
import { MySessions } from './ways/MySessions.tsx'
import { MyPasskeys, MySecondFactor } from './ways/MyWays.tsx'

/** Settings in force, and where each comes from. */
export default function Settings() {
  const { t } = useWords()
  const signOut = useSignOut()
  const maySee = useMay()('settings.see')
  const { data, error, refetch } = useCall('GET /api/settings', maySee ? {} : null)
  return (
    <Page
      title={t('nav.settings')}
      action={
        <Button variant="default" onClick={() => void signOut()}>
          {t('common.signOut')}
        </Button>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {maySee && !data && !error && <Skeleton height={300} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Allowed to="accounts.see">
          <Accounts />
        </Allowed>
        <Allowed to="channels.see">
          <Channels />
        </Allowed>
        <AllOrganisations />
        <MyPassword />
        <MySecondFactor />
        <MyPasskeys />
        <MySessions />
        <MyKeys />
        <Allowed to="backups.take">
          <Backup />
        </Allowed>
        <Allowed to="accounts.see">
          <AllKeys />
        </Allowed>
      </SimpleGrid>
      {data && (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <Card withBorder padding="md">
            <Title order={2}>{t('settings.inForce')}</Title>
            <Text size="xs" c="dimmed" mb="sm">
              {t('settings.world', { name: data.world.name, clock: data.world.clock, url: data.publicUrl })}
            </Text>
            <dl className="pairs lines">
              {data.settings.map(({ name, value, from }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd translate="no">
                    {value === null ? t('settings.unset') : String(value)}{' '}
                    {from === 'environment' && (
                      <Badge variant="light" size="sm" tt="none">
                        {t('settings.environment')}
                      </Badge>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </Card>
          <PolicyInForce policy={data.policy} />
        </SimpleGrid>
      )}
    </Page>
  )
}

/** What the desk's rules are now; they are changed on a page of their own. */
function PolicyInForce({ policy }: Pick<Answer<'GET /api/settings'>, 'policy'>) {
  const { t, say } = useWords()
  return (
    <Panel title={t('settings.policy')}>
      <dl className="pairs lines">
        {Object.entries(policy).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{brief(value, say)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
