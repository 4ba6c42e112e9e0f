import { Progress, Table, Text, UnstyledButton } from '@mantine/core'
import type { Alert } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

const ROWS = 5

/** Five rows of proof by their share; the shares sum to 100 % with the rest. A click charts the row. */
export function EvidenceTable({
  kind,
  evidence,
  missing = [],
  chosen,
  choose,
}: {
  kind: string
  evidence: Readonly<Alert['evidence']>
  /** Metrics that this appliance has never sent. */
  missing?: readonly string[]
  chosen?: string
  choose?: (feature: string) => void
}) {
  const { t, lang } = useWords()
  const names = useNames()
  const rows = evidence.slice(0, ROWS)
  const rest = Math.max(0, 1 - rows.reduce((sum, { share }) => sum + share, 0))
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4} highlightOnHover={!!choose}>
        <Heads />
        <Table.Tbody>
          {rows.map(({ feature, observed, expected: [low, high], unit, share }) => (
            <Table.Tr key={feature} bg={chosen === feature ? 'var(--mantine-primary-color-light)' : undefined}>
              <Table.Td>
                {choose ? (
                  <UnstyledButton
                    fz="sm"
                    td="underline"
                    aria-pressed={chosen === feature}
                    onClick={() => choose(feature)}
                  >
                    {names.feature(kind, feature)}
                  </UnstyledButton>
                ) : (
                  names.feature(kind, feature)
                )}
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {observed > high ? '↑ ' : observed < low ? '↓ ' : ''}
                {names.value(kind, feature, observed, unit)}
              </Table.Td>
              <Table.Td ta="right">
                {names.value(kind, feature, low, '1')} – {names.value(kind, feature, high, unit)}
              </Table.Td>
              <Table.Td>
                <Share value={share} label={names.feature(kind, feature)} lang={lang} />
              </Table.Td>
            </Table.Tr>
          ))}
          {rest > 0.005 && (
            <Table.Tr>
              <Table.Td c="dimmed" colSpan={3}>
                {t('common.rest')}
              </Table.Td>
              <Table.Td>
                <Share value={rest} label={t('common.rest')} lang={lang} />
              </Table.Td>
            </Table.Tr>
          )}
          {missing.map((metric) => (
            <Table.Tr key={metric}>
              <Table.Td c="dimmed">{names.metric(kind, metric)}</Table.Td>
              <Table.Td c="dimmed" ta="right" colSpan={3}>
                {t('common.notMeasured')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Heads() {
  const { t } = useWords()
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>{t('evidence.feature')}</Table.Th>
        <Table.Th ta="right">{t('evidence.observed')}</Table.Th>
        <Table.Th ta="right">{t('evidence.expected')}</Table.Th>
        <Table.Th w={120}>{t('evidence.share')}</Table.Th>
      </Table.Tr>
    </Table.Thead>
  )
}

function Share({ value, label, lang }: { value: number; label: string; lang: string }) {
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 6 }}>
      <Progress value={value * 100} size={6} style={{ flex: 1 }} aria-label={label} color="gray" />
      <Text size="xs" w={36} ta="right">
        {percent(value, lang)}
      </Text>
    </div>
  )
}
