import { Anchor, Button, Group, Select, SimpleGrid, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page, Panel } from '../../components/Page.tsx'
import { exactTime, money } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { GuidedDiagnosis } from '../knowledge/GuidedDiagnosis.tsx'

type FileView = Answer<'GET /api/service-file'>

/** By serial or by the code on it: what is this appliance, is it covered, and what happened to it? */
export default function ServiceFile() {
  const { t } = useWords()
  const [filters, filter] = useFilters<'code'>()
  const [code, setCode] = useState(filters.code ?? '')
  const { data, error } = useCall('GET /api/service-file', filters.code ? { code: filters.code } : null)
  return (
    <Page title={t('visit.file')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          filter({ code: code.trim() })
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t('file.code')}
            w={320}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" disabled={!code.trim()}>
            {t('file.find')}
          </Button>
        </Group>
      </form>
      {error && <Failure error={error} />}
      {!filters.code && <Empty>{t('file.empty')}</Empty>}
      {filters.code && !data && !error && <Skeleton height={300} />}
      {data && filters.code && <File file={data} />}
    </Page>
  )
}

function File({ file }: { file: FileView }) {
  const { t, say } = useWords()
  const names = useNames()
  const { appliance, warranty } = file
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Anchor component={Link} to={`/appliances/${appliance.id}`}>
          {appliance.id}
        </Anchor>
        <Text size="sm">
          {say(appliance.kindName)} · {appliance.model}
          {appliance.batch ? ` · ${t('appliance.batch', { batch: appliance.batch })}` : ''}
          {appliance.firmware ? ` · ${t('appliance.firmware', { firmware: appliance.firmware })}` : ''}
        </Text>
      </Group>
      <Allowed to="intake.write">
        <GuidedDiagnosis appliance={appliance.id} />
      </Allowed>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Cover file={file} />
        <Panel title={t('file.parts')}>
          {warranty.partsFitted.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('file.noParts')}
            </Text>
          )}
          {warranty.partsFitted.map(({ part, at, ticket, number }) => (
            <Text key={`${ticket}/${part}`} size="sm">
              {names.part(appliance.kind, part)} · <When at={at} /> ·{' '}
              <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
                {number}
              </Anchor>
            </Text>
          ))}
        </Panel>
      </SimpleGrid>
      <Tickets file={file} />
    </Stack>
  )
}

/** Who pays until when, and who sees to it. */
function Cover({ file }: { file: FileView }) {
  const { t, say, lang } = useWords()
  const { warranty } = file
  return (
    <Panel
      title={
        <>
          {t('file.warranty')}: {t(warranty.inForce ? 'file.inForce' : 'file.ended')}
        </>
      }
    >
      <Text size="sm">
        {t('file.makers')}:{' '}
        {warranty.makers
          ? `${t(warranty.makers.inForce ? 'file.inForce' : 'file.ended')}, ${t('file.until', { at: exactTime(warranty.makers.until, lang) })}`
          : t('file.unknown')}
      </Text>
      {warranty.contracts.map(({ id, terms, validUntil, inForce }) => (
        <Text key={id} size="sm">
          {say(terms.text)}: {t(inForce ? 'file.inForce' : 'file.ended')},{' '}
          {t('file.until', { at: exactTime(validUntil, lang) })}
        </Text>
      ))}
      <Allowed to="contracts.sell">
        <Sell file={file} />
      </Allowed>
      <Own file={file} />
    </Panel>
  )
}

/** What happened to it. */
function Tickets({ file: { appliance, tickets } }: { file: FileView }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <Panel title={t('file.tickets')}>
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {tickets.map(({ id, number, state, failureMode, createdAt, totalCents, stars }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Anchor component={Link} to={`/tickets/${id}`} size="sm">
                    {number}
                  </Anchor>
                </Table.Td>
                <Table.Td>{names.mode(appliance.kind, failureMode)}</Table.Td>
                <Table.Td>{t(`ticketState.${state}`)}</Table.Td>
                <Table.Td ta="right">{totalCents === undefined ? '' : money(totalCents, lang)}</Table.Td>
                <Table.Td ta="right">{stars === undefined ? '' : `★ ${stars}`}</Table.Td>
                <Table.Td ta="right">
                  <When at={createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  )
}

function Sell({ file }: { file: FileView }) {
  const { t, say, lang } = useWords()
  const { act, busy } = useAction()
  const [plan, setPlan] = useState<string | null>(null)
  const [years, setYears] = useState<string | null>('1')
  const terms = file.plans.filter(({ yearCents }) => yearCents > 0)
  return (
    <Group gap="sm" align="flex-end" mt="sm">
      <Select
        size="xs"
        label={t('file.plan')}
        data={terms.map(({ id, text, yearCents }) => ({ value: id, label: `${say(text)}, ${money(yearCents, lang)}` }))}
        value={plan}
        onChange={setPlan}
        w={260}
      />
      <Select
        size="xs"
        label={t('file.years')}
        data={['1', '2', '3', '4', '5']}
        value={years}
        onChange={setYears}
        w={80}
      />
      <Button
        size="xs"
        loading={busy}
        disabled={!plan || !years}
        onClick={() =>
          void act(
            'POST /api/appliances/:id/contracts',
            { id: file.appliance.id },
            { plan, years: Number(years) },
            t('common.saved'),
          )
        }
      >
        {t('file.sell')}
      </Button>
    </Group>
  )
}

function Own({ file }: { file: FileView }) {
  const { t } = useWords()
  const { act } = useAction()
  const mayBind = useMay()('engineers.bind')
  const { data } = useCall('GET /api/engineers', { limit: 1000 })
  return (
    <Select
      size="xs"
      w={260}
      mt="sm"
      label={t('file.engineer')}
      placeholder={t('file.nobody')}
      data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      value={file.engineer?.id ?? null}
      onChange={(engineer) =>
        void act('PUT /api/appliances/:id/engineer', { id: file.appliance.id }, { engineer }, t('common.saved'))
      }
      clearable
      searchable
      readOnly={!mayBind}
    />
  )
}
