import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { type Column, Listing } from '../../components/Listing.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import { ImportList } from './ImportList.tsx'

type Claim = Answer<'GET /api/claims'>['items'][number]

/** What left the factory with a code on its label: the list of it, and which of them their owners have connected. */
export function Factory() {
  const { t } = useWords()
  const [taken, setTaken] = useState<number>()
  if (taken !== undefined)
    return (
      <Stack gap="sm" align="flex-start" role="status">
        <Text size="sm">{t('factory.taken', { count: taken })}</Text>
        <Button size="xs" variant="default" onClick={() => setTaken(undefined)}>
          {t('factory.another')}
        </Button>
      </Stack>
    )
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('factory.hint')}
      </Text>
      <ImportList
        list="factory"
        columns="id, kind, model, batch, firmware, code"
        example={'id,kind,model,batch,code\nfridge-0001,fridge,KG-300,2026-11,7Q4K-9XPM-2R8D'}
        done={(made) => setTaken(made.length)}
      />
    </>
  )
}

/** Each by when it was added and when its owner connected it. */
export function FactoryList() {
  const { t } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/claims', {})
  if (!data) return null
  const columns: Column<Claim>[] = [
    { key: 'appliance', label: t('common.appliance'), value: ({ appliance }) => appliance },
    { key: 'kind', label: t('common.kind'), value: ({ kind }) => names.kind(kind) },
    { key: 'model', label: t('common.model'), value: ({ model }) => model },
    {
      key: 'addedAt',
      label: t('factory.added'),
      value: ({ addedAt }) => addedAt,
      render: ({ addedAt }) => <When at={addedAt} />,
    },
    {
      key: 'claimedAt',
      label: t('factory.claimed'),
      value: ({ claimedAt }) => claimedAt,
      render: ({ claimedAt }) => (claimedAt === undefined ? t('factory.notYet') : <When at={claimedAt} />),
    },
  ]
  return (
    <>
      <Listing
        name="factory"
        rows={data.items}
        columns={columns}
        keyOf={({ appliance }) => appliance}
        empty={t('factory.empty')}
      />
      {data.more && <Text size="xs">{t('common.shownFirst', { count: data.items.length })}</Text>}
    </>
  )
}
