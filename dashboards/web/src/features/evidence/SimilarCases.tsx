import { Anchor, Group, List, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { SimilarCase } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

/** The closed cases that are most like this one: what was found, which parts, how many visits. */
export function SimilarCases({ kind, cases }: { kind: string; cases: readonly SimilarCase[] }) {
  const { t } = useWords()
  const names = useNames()
  if (cases.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('similar.none')}
      </Text>
    )
  return (
    <List listStyleType="none" spacing="xs" aria-label={t('similar.title')} className="plain-list">
      {cases.map((one) => (
        <List.Item key={one.ticket}>
          <Group gap="xs" justify="space-between" wrap="nowrap">
            <Text size="sm" truncate>
              <Anchor component={Link} to={`/tickets/${one.ticket}`} size="sm">
                {one.number}
              </Anchor>{' '}
              <Text span fw={600} size="sm">
                {one.found.cause === 'none' ? t('common.noFault') : names.mode(kind, one.found.cause)}
              </Text>
            </Text>
            <Text size="sm" style={{ whiteSpace: 'nowrap' }} title={t('similar.why', apartOf(one))}>
              {t('similar.alike', { share: Math.round(100 * one.similarity) })}
            </Text>
          </Group>
          <Text size="sm" c="dimmed">
            {one.found.parts.length > 0
              ? one.found.parts.map((part) => names.part(kind, part)).join(', ')
              : t('similar.noParts')}
            {' · '}
            {t('similar.visits', { count: one.visits })} · {one.model} · <When at={one.closedAt} />
            {one.verification === 'passed' && ` · ${t('similar.verified')}`}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}

const apartOf = ({ apart }: SimilarCase) => ({
  hypotheses: Math.round(100 * (1 - apart.hypotheses)),
  evidence: Math.round(100 * (1 - apart.evidence)),
})
