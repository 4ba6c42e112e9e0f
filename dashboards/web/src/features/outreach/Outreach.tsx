import { Anchor, Badge, Button, Card, Group, Select, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { CampaignForm, type CampaignRow } from './CampaignForm.tsx'

/** What is said to owners unasked: what their use made due, and campaigns with what came of them. */
export default function Outreach() {
  const { t } = useWords()
  return (
    <Page title={t('nav.outreach')}>
      <Text size="sm" c="dimmed">
        {t('outreach.hint')}
      </Text>
      <Campaigns />
      <Reminders />
    </Page>
  )
}

function Campaigns() {
  const { t, say } = useWords()
  const { data, error, refetch } = useCall('GET /api/campaigns', {}, 15_000)
  const templates = useCall('GET /api/campaigns/templates', {}).data?.items ?? []
  const [editing, setEditing] = useState<{ id: string; begin?: CampaignRow['campaign'] } | null>(null)
  const known = data?.items.find(({ id }) => id === editing?.id)
  return (
    <section aria-label={t('outreach.campaigns')}>
      <Title order={2} mb="xs">
        {t('outreach.campaigns')}
      </Title>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={120} />}
      <Allowed to="outreach.change">
        <Select
          size="xs"
          w={280}
          mb="sm"
          label={t('outreach.begin')}
          placeholder={t('outreach.choose')}
          data={templates.map(({ id, campaign }) => ({ value: id, label: say(campaign.name) }))}
          value={null}
          onChange={(id) => {
            const begin = templates.find((one) => one.id === id)?.campaign
            if (begin && id) setEditing({ id: '', begin })
          }}
        />
      </Allowed>
      {editing && (
        <Card withBorder padding="md" mb="sm">
          <CampaignForm
            key={editing.id || say(editing.begin?.name)}
            known={known}
            begin={editing.begin}
            done={() => setEditing(null)}
          />
        </Card>
      )}
      {data?.items.length === 0 && <Text size="sm">{t('outreach.none')}</Text>}
      <Stack gap="sm">
        {data?.items.map((one) => (
          <CampaignCard key={one.id} one={one} edit={() => setEditing({ id: one.id })} />
        ))}
      </Stack>
    </section>
  )
}

const color = { draft: 'gray', running: 'teal', paused: 'yellow', ended: 'gray' } as const

function CampaignCard({ one, edit }: { one: CampaignRow; edit: () => void }) {
  const { t, say } = useWords()
  const { act, busyWith } = useAction()
  const [preview, setPreview] = useState<Answer<'POST /api/campaigns/:id/preview'>>()
  const { id, state, campaign, figures } = one
  const move = (which: 'start' | 'pause' | 'end') =>
    void act('POST /api/campaigns/:id/:move', { id, move: which }, {}, t(`outreach.moved.${which}`))
  const look = async () => setPreview(await act('POST /api/campaigns/:id/preview', { id }, {}))
  return (
    <Card withBorder padding="md" component="section" aria-label={say(campaign.name)}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={3}>{say(campaign.name)}</Title>
            <Badge color={color[state]} variant="light" tt="none">
              {t(`outreach.states.${state}`)}
            </Badge>
          </Group>
          <Text size="xs" c="dimmed">
            {id} · {t(`rights.purposes.${campaign.purpose as 'offers'}`)} · {t(`outreach.seasons.${campaign.season}`)} ·{' '}
            <When at={one.changedAt} />
          </Text>
        </div>
        <Allowed to="outreach.change">
          <Group gap="xs">
            {(state === 'draft' || state === 'paused') && (
              <Button size="xs" variant="default" onClick={edit}>
                {t('rules.edit')}
              </Button>
            )}
            <Button
              size="xs"
              variant="default"
              loading={busyWith === 'POST /api/campaigns/:id/preview'}
              onClick={() => void look()}
            >
              {t('outreach.preview')}
            </Button>
            {(state === 'draft' || state === 'paused') && (
              <Button size="xs" onClick={() => move('start')}>
                {t('outreach.start')}
              </Button>
            )}
            {state === 'running' && (
              <Button size="xs" variant="default" onClick={() => move('pause')}>
                {t('outreach.pause')}
              </Button>
            )}
            {state !== 'ended' && (
              <Button size="xs" variant="default" color="red" onClick={() => move('end')}>
                {t('outreach.end')}
              </Button>
            )}
          </Group>
        </Allowed>
      </Group>
      {preview && (
        <Text size="sm" mt="xs">
          {t('outreach.would', preview)} {preview.example && `“${say(preview.example.body)}”`}
        </Text>
      )}
      <Figures figures={figures} />
    </Card>
  )
}

function Figures({ figures }: Pick<CampaignRow, 'figures'>) {
  const { t } = useWords()
  if (figures.told.appliances + figures.control.appliances === 0) return null
  return (
    <Table.ScrollContainer minWidth={360}>
      <Table verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('outreach.group')}</Table.Th>
            {(['appliances', 'booked', 'faults', 'complaints'] as const).map((what) => (
              <Table.Th key={what}>{t(`outreach.counted.${what}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(['told', 'control'] as const).map((group) => (
            <Table.Tr key={group}>
              <Table.Td>{t(`outreach.groups.${group}`)}</Table.Td>
              {(['appliances', 'booked', 'faults', 'complaints'] as const).map((what) => (
                <Table.Td key={what}>{figures[group][what]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

const SHOWN = 100

function Reminders() {
  const { t, say } = useWords()
  const { data } = useCall('GET /api/care', {}, 30_000)
  return (
    <section aria-label={t('outreach.due')}>
      <Title order={2} my="xs">
        {t('outreach.due')}
      </Title>
      {data?.items.length === 0 && <Text size="sm">{t('outreach.noneDue')}</Text>}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={2}>
            <Table.Tbody>
              {data.items.slice(0, SHOWN).map((row) => (
                <Table.Tr key={`${row.appliance}/${row.plan}/${row.number}`}>
                  <Table.Td>
                    <When at={row.at} />
                  </Table.Td>
                  <Table.Td>
                    <Anchor component={Link} to={`/appliances/${row.appliance}`} size="sm">
                      {row.appliance}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{say(row.text)}</Table.Td>
                  <Table.Td>
                    {row.ticket ? (
                      <Anchor component={Link} to={`/tickets/${row.ticket}`} size="sm">
                        {t(`outreach.did.${row.what}`)}
                      </Anchor>
                    ) : (
                      t(`outreach.did.${row.what}`)
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {data && (data.more || data.items.length > SHOWN) && (
        <Text size="xs">{t('common.shownFirst', { count: SHOWN })}</Text>
      )}
    </section>
  )
}
