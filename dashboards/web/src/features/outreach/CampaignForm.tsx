import { Button, Group, MultiSelect, NumberInput, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCatalog } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { isAlwaysWritten, languageIn, languages, written } from '../../words/language.ts'

export type CampaignRow = Answer<'GET /api/campaigns'>['items'][number]
type Campaign = CampaignRow['campaign']
type Put = (change: Partial<Campaign>) => void

/** A campaign by form: from a template, or one that does not run. */
export function CampaignForm({
  known,
  begin,
  done,
}: {
  known: CampaignRow | undefined
  begin: Campaign | undefined
  done: () => void
}) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [id, setId] = useState(known?.id ?? '')
  const [campaign, setCampaign] = useState(known?.campaign ?? begin)
  if (!campaign) return null
  const put: Put = (change) => setCampaign({ ...campaign, ...change })
  const save = async () => {
    if (await act('PUT /api/campaigns/:id', { id }, campaign, t('common.saved'))) done()
  }
  return (
    <form
      aria-label={t('outreach.campaign')}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Stack gap="sm">
        {!known && (
          <TextInput
            size="xs"
            w={240}
            label={t('rules.id')}
            pattern="[A-Za-z0-9_\-]{1,64}"
            value={id}
            onChange={({ currentTarget }) => setId(currentTarget.value)}
            required
          />
        )}
        <Texts campaign={campaign} put={put} />
        <Segment campaign={campaign} put={put} />
        <How campaign={campaign} put={put} />
        <Group>
          <Button type="submit" size="xs" loading={busy} disabled={!id}>
            {t('rules.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Texts({ campaign, put }: { campaign: Campaign; put: Put }) {
  const { t, lang } = useWords()
  return (
    <Group gap="xs" grow align="flex-start">
      {languages.map((language) => (
        <Stack key={language} gap="xs">
          {(['name', 'title', 'body'] as const).map((of) => (
            <Textarea
              key={of}
              size="xs"
              autosize
              label={t(`outreach.${of}In`, { language: languageIn(lang, language) })}
              value={campaign[of][language] ?? ''}
              onChange={({ currentTarget }) =>
                put({ [of]: { ...campaign[of], [language]: written(language, currentTarget.value) } })
              }
              required={isAlwaysWritten(language)}
            />
          ))}
        </Stack>
      ))}
    </Group>
  )
}

function Segment({ campaign, put }: { campaign: Campaign; put: Put }) {
  const { t, say } = useWords()
  const kinds = useCatalog().data?.items ?? []
  const { segment } = campaign
  const set = (change: Partial<Campaign['segment']>) => put({ segment: { ...segment, ...change } })
  return (
    <Group gap="xs" align="flex-end">
      <MultiSelect
        size="xs"
        miw={160}
        label={t('outreach.kinds')}
        data={kinds.map(({ kind, name }) => ({ value: kind, label: say(name, kind) }))}
        value={segment.kinds}
        onChange={(value) => set({ kinds: value })}
      />
      <TagsInput size="xs" label={t('rules.models')} value={segment.models} onChange={(models) => set({ models })} />
      <TagsInput
        size="xs"
        label={t('outreach.customers')}
        value={segment.customers}
        onChange={(customers) => set({ customers })}
      />
      {(['leastAgeYears', 'mostAgeYears', 'leastHealth', 'mostHealth'] as const).map((which) => (
        <NumberInput
          key={which}
          size="xs"
          w={150}
          min={0}
          label={t(`outreach.${which}`)}
          value={segment[which] ?? ''}
          onChange={(value) => set({ [which]: value === '' ? undefined : Number(value) })}
        />
      ))}
    </Group>
  )
}

function How({ campaign, put }: { campaign: Campaign; put: Put }) {
  const { t } = useWords()
  return (
    <Group gap="xs" align="flex-end">
      <Select
        size="xs"
        w={260}
        label={t('outreach.purpose')}
        data={(['service-messages', 'care-tips', 'offers', 'greetings'] as const).map((one) => ({
          value: one,
          label: t(`rights.purposes.${one}`),
        }))}
        value={campaign.purpose}
        onChange={(purpose) => purpose && put({ purpose: purpose as Campaign['purpose'] })}
        allowDeselect={false}
      />
      <Select
        size="xs"
        w={180}
        label={t('outreach.season')}
        data={(['once', 'year', 'season', 'birthday'] as const).map((one) => ({
          value: one,
          label: t(`outreach.seasons.${one}`),
        }))}
        value={campaign.season}
        onChange={(season) => season && put({ season: season as Campaign['season'] })}
        allowDeselect={false}
      />
      <NumberInput
        size="xs"
        w={180}
        min={0}
        max={50}
        suffix=" %"
        label={t('outreach.control')}
        value={Math.round(100 * campaign.controlShare)}
        onChange={(value) => put({ controlShare: Number(value) / 100 })}
      />
      <MultiSelect
        size="xs"
        miw={200}
        label={t('outreach.ways')}
        data={(['wechat', 'push', 'mail', 'sms', 'voice'] as const).map((one) => ({
          value: one,
          label: t(`delivery.ways.${one}`),
        }))}
        value={campaign.ways}
        onChange={(ways) => put({ ways: ways as Campaign['ways'] })}
      />
    </Group>
  )
}
