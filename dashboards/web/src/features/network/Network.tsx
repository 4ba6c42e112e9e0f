import { Button, Group, Select, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { type Answer, type Outlet, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { NetworkMap } from './NetworkMap.tsx'
import { OutletForm } from './OutletForm.tsx'
import { OutletVisits } from './OutletVisits.tsx'

/** From where does service go out, who serves whom, and how does each place fare? */
export default function Network() {
  const { t } = useWords()
  const [filters, filter] = useFilters<'outlet' | 'appliance'>()
  const { data, error, refetch } = useCall('GET /api/outlets', {}, 60_000)
  const [form, setForm] = useState<{ outlet?: Outlet }>()
  const chosen = data?.items.find(({ id }) => id === filters.outlet)
  return (
    <Page
      title={t('nav.network')}
      action={
        <Allowed to="network.change">
          <Button onClick={() => setForm({})}>{t('network.add')}</Button>
        </Allowed>
      }
    >
      <Text size="sm" c="dimmed">
        {t('network.hint')}
      </Text>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={300} />}
      {data && (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {data.items.length > 0 && (
            <Panel title={t('network.map')}>
              <NetworkMap outlets={data.items} chosen={filters.outlet} choose={(outlet) => filter({ outlet })} />
            </Panel>
          )}
          <Allowed to="appliances.list">
            <Coverage appliance={filters.appliance} choose={(appliance) => filter({ appliance })} />
          </Allowed>
        </SimpleGrid>
      )}
      {data && <Outlets outlets={data} choose={(outlet) => filter({ outlet })} />}
      {chosen && (
        <OutletVisits
          outlet={chosen}
          close={() => filter({ outlet: null })}
          change={() => {
            filter({ outlet: null })
            setForm({ outlet: chosen })
          }}
        />
      )}
      {form && <OutletForm outlet={form.outlet} close={() => setForm(undefined)} />}
    </Page>
  )
}

function Outlets({ outlets, choose }: { outlets: Answer<'GET /api/outlets'>; choose: (id: string) => void }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <Stack gap="xs">
      <Listing
        name="outlets"
        rows={outlets.items}
        keyOf={({ id }) => id}
        empty={t('network.empty')}
        columns={[
          {
            key: 'name',
            label: t('network.name'),
            value: ({ name }) => name,
            render: (outlet) => (
              <Button size="compact-sm" variant="subtle" onClick={() => choose(outlet.id)}>
                {outlet.name}
              </Button>
            ),
          },
          { key: 'tier', label: t('network.tier'), value: ({ tier }) => t(`network.tiers.${tier}`) },
          {
            key: 'kinds',
            label: t('network.kinds'),
            value: ({ kinds }) => (kinds.length > 0 ? kinds.map(names.kind).join(', ') : t('network.everyKind')),
          },
          { key: 'within', label: t('network.within'), value: ({ withinKm }) => withinKm, isNumber: true },
          {
            key: 'score',
            label: t('network.score'),
            value: ({ score }) => score,
            render: ({ score, of }) => t('network.scored', { score: number(score, lang, 2), count: of }),
            isNumber: true,
          },
        ]}
      />
      <Text size="xs" c="dimmed">
        {t('network.formula')}:{' '}
        <span lang="en" translate="no">
          {outlets.formula}
        </span>
      </Text>
    </Stack>
  )
}

/** Who serves the place where an appliance stands? */
function Coverage({ appliance, choose }: { appliance: string | undefined; choose: (id: string | null) => void }) {
  const { t, lang } = useWords()
  const { data: known } = useCall('GET /api/appliances', { limit: 1_000 })
  const { data, error } = useCall('GET /api/coverage', appliance ? { appliance } : null)
  return (
    <Panel title={t('network.whoServes')}>
      <Select
        label={t('network.appliance')}
        data={known?.items.filter(({ location }) => location).map(({ id }) => id) ?? []}
        value={appliance ?? null}
        onChange={choose}
        searchable
        clearable
        limit={50}
        mb="sm"
      />
      {error && appliance && <Failure error={error} />}
      {appliance && data?.items.length === 0 && <Text size="sm">{t('network.nobody')}</Text>}
      <Stack gap={6} component="ol" pl="lg" my={0}>
        {appliance &&
          data?.items.map(({ outlet, rank, km, refused }) => (
            <li key={outlet.id} style={rank === undefined ? { listStyle: 'none' } : undefined}>
              <Group gap="xs">
                <Text size="sm" fw={rank === 1 ? 600 : 400} c={refused ? 'dimmed' : undefined}>
                  {outlet.name}
                </Text>
                <Text size="sm" c="dimmed">
                  {t('network.why', {
                    tier: t(`network.tiers.${outlet.tier}`),
                    km: number(km, lang, 1),
                    score: number(outlet.score, lang, 2),
                  })}
                  {refused && ` · ${t(`network.refused.${refused}`)}`}
                </Text>
              </Group>
            </li>
          ))}
      </Stack>
    </Panel>
  )
}
