import {
  Anchor,
  Button,
  Card,
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Skeleton,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { type Answer, call, useCall, useCatalog } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { ArticleForm } from './ArticleForm.tsx'
import { ArticleReader } from './ArticleReader.tsx'
import { AskAssistant } from './AskAssistant.tsx'
import { HowItHelps } from './HowItHelps.tsx'

const states = ['published', 'draft', 'retired'] as const
const SHOWN_LINES = 2

/** What is known of appliances and their faults: found by words, read, written, reviewed. */
export default function Knowledge() {
  const { t, say } = useWords()
  const { data: catalog } = useCatalog()
  const [filters, filter] = useFilters<'q' | 'kind' | 'state' | 'article'>()
  const [words] = useDebouncedValue(filters.q ?? '', 250)
  const [isWriting, write] = useState(false)
  const state = states.find((one) => one === filters.state) ?? 'published'
  const { data, error, refetch } = useCall('GET /api/articles', {
    q: words || undefined,
    kind: filters.kind,
    state: state === 'published' ? undefined : state,
  })
  return (
    <Page
      title={t('nav.knowledge')}
      action={
        <Allowed to="knowledge.write">
          <Button onClick={() => write(true)}>{t('knowledge.write')}</Button>
        </Allowed>
      }
    >
      <Text size="sm" c="dimmed">
        {t('knowledge.hint')}
      </Text>
      <Group gap="sm" align="flex-end">
        <TextInput
          label={t('knowledge.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          w={{ base: '100%', xs: 320 }}
          value={filters.q ?? ''}
          onChange={(event) => filter({ q: event.currentTarget.value })}
        />
        <Select
          label={t('knowledge.kind')}
          placeholder={t('knowledge.anyKind')}
          data={catalog?.items.map(({ kind, name }) => ({ value: kind, label: say(name) })) ?? []}
          value={filters.kind ?? null}
          onChange={(kind) => filter({ kind })}
          clearable
          w={180}
        />
        <Allowed to="knowledge.write">
          <SegmentedControl
            aria-label={t('common.state')}
            value={state}
            onChange={(value) => filter({ state: value === 'published' ? null : value })}
            data={states.map((value) => ({ value, label: t(`knowledge.${value}`) }))}
          />
        </Allowed>
      </Group>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} />}
      {data?.assistant && words.trim() && state === 'published' && (
        <AskHere key={words} question={words.trim()} kind={filters.kind} read={(article) => filter({ article })} />
      )}
      {data?.items.length === 0 && <Empty>{t(state === 'published' ? 'knowledge.none' : 'knowledge.noDrafts')}</Empty>}
      <Articles items={data?.items ?? []} read={(article) => filter({ article })} />
      {filters.article && <ArticleReader id={filters.article} close={() => filter({ article: null })} />}
      {isWriting && <ArticleForm close={() => write(false)} />}
    </Page>
  )
}

/** What was looked for is a question as well, where somebody answers those. */
function AskHere(props: { question: string; kind: string | undefined; read: (article: string) => void }) {
  const { t, say } = useWords()
  const { question, kind, read } = props
  return (
    <Card withBorder padding="md" maw={820}>
      <AskAssistant
        ask={(language) => call('POST /api/assistant', {}, { question, language, kind })}
        nothing={t('knowledge.askNothingHere')}
        reading={(items) =>
          items.map(({ id, title }) => (
            <Anchor key={id} component="button" type="button" display="block" size="sm" onClick={() => read(id)}>
              {say(title)}
            </Anchor>
          ))
        }
      />
    </Card>
  )
}

function Articles({ items, read }: { items: Answer<'GET /api/articles'>['items']; read: (id: string) => void }) {
  const { t, say } = useWords()
  const names = useNames()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
      {items.map((article) => (
        <Card
          key={article.id}
          component="button"
          type="button"
          ta="left"
          withBorder
          padding="md"
          onClick={() => read(article.id)}
        >
          <Text size="xs" c="dimmed">
            {names.kind(article.kind)} · {t(`knowledge.audiences.${article.audience}`)}
          </Text>
          <Title order={2} fz="md" my={4}>
            {say(article.title)}
          </Title>
          <Text size="sm" lineClamp={SHOWN_LINES}>
            {say(article.text)}
          </Text>
          <HowItHelps success={article.success} />
        </Card>
      ))}
    </SimpleGrid>
  )
}
