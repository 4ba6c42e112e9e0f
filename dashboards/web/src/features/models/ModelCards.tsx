import { Card, Code, Group, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ModelsView } from '../../api.ts'
import { number, percent, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

type Kinds = ModelsView['inForce']['kinds']

/** One version: what it was trained on and what it is known by. */
export function ModelCard(props: { title: string; set?: string | undefined; kinds?: Kinds; children: ReactNode }) {
  const { t } = useWords()
  const { title, set, kinds, children } = props
  return (
    <Card withBorder padding="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={3} fz="md">
          {title}
        </Title>
        {set && <Code>{set}</Code>}
      </Group>
      <Stack gap="xs">
        {children}
        {kinds && kinds.length > 0 && <KindTable kinds={kinds} />}
        {kinds && kinds.length > 0 && <HeldOut noted={kinds.find(({ heldOut }) => heldOut !== undefined)?.heldOut} />}
        {set && kinds?.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('models.untrained')}
          </Text>
        )}
      </Stack>
    </Card>
  )
}

function KindTable({ kinds }: { kinds: Kinds }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <Table.ScrollContainer minWidth={280}>
      <Table verticalSpacing={4} fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('models.kind')}</Table.Th>
            <Table.Th>{t('models.version')}</Table.Th>
            <Table.Th>{t('models.trained')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map(({ kind, version, appliances, days, seeds, hash }) => (
            <Table.Tr key={kind}>
              <Table.Td>{names.kind(kind)}</Table.Td>
              <Table.Td>
                <Code title={`${t('models.hash')}: ${hash}`}>{version}</Code>
              </Table.Td>
              <Table.Td>
                {t('models.trainedOn', {
                  appliances: number(appliances, lang),
                  days: number(days, lang),
                  seeds: seeds.join(', '),
                })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** What the sidecars note of fleets that training never saw, by family. */
function HeldOut({ noted }: { noted: unknown }) {
  const { t, lang } = useWords()
  const families = Object.entries((noted ?? {}) as Record<string, unknown>).flatMap(([family, figures]) =>
    typeof figures === 'object' && figures !== null && 'recall' in figures
      ? [{ family, figures: figures as Record<'recall' | 'falsePerYear' | 'diagnosis', number | null> }]
      : [],
  )
  if (families.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        {t('models.notWeighed')}
      </Text>
    )
  }
  const share = (value: number | null): string => (value === null ? '—' : percent(value, lang))
  return families.map(({ family, figures }) => (
    <Text key={family} size="xs" c="dimmed">
      {t('models.heldOutFamily', {
        family,
        recall: share(figures.recall),
        false: number(figures.falsePerYear, lang, 2),
        diagnosis: share(figures.diagnosis),
      })}
    </Text>
  ))
}

/** Since when and from where in the journal it judges. */
export function Since({ inForce }: { inForce: ModelsView['inForce'] }) {
  const { t, lang } = useWords()
  if (inForce.since === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('models.always')}
      </Text>
    )
  }
  const [before, after] = t('models.since', { at: '\n', offset: number(inForce.offset, lang, 0) }).split('\n')
  return (
    <Text size="sm" c="dimmed">
      {before}
      <When at={inForce.since} />
      {after}
    </Text>
  )
}
