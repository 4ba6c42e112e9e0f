import { ActionIcon, Menu } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Series } from '../../../api.ts'
import { useNames } from '../../../components/names.ts'
import { useWords } from '../../../words/index.ts'

/** What is seen as the limit of a rule: it is written on the page of rules, looked at on past readings, and armed there. */
export function RuleOf({
  kind,
  metric,
  unit,
  signal,
}: {
  kind: string
  metric: string
  unit: string
  signal: Series['series'][string]
}) {
  const { t } = useWords()
  const names = useNames()
  const [least, most] = reach(signal)
  const limits = [
    ['above', most],
    ['below', least],
  ] as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('chart.ruleOf', { metric: names.metric(kind, metric) })}
        >
          <IconDotsVertical size={14} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {limits.map(([op, limit]) => (
          <Menu.Item
            key={op}
            component={Link}
            to={`/rules?${new URLSearchParams({ kind, metric, op, limit: String(Number(limit.toPrecision(4))) })}`}
          >
            {t(`chart.rule.${op}`, { limit: names.value(kind, metric, limit, unit) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The least and the most that is seen. */
function reach({ min, max }: Series['series'][string]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of min) if (value !== null && value < least) least = value
  for (const value of max) if (value !== null && value > most) most = value
  return least <= most ? [least, most] : [0, 0]
}
