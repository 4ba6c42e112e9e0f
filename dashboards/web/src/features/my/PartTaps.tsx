import { Chip, Group, MultiSelect, Stack, Text } from '@mantine/core'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import type { Van } from './job.ts'

/** Parts by a tap: those of the kit and of the van first, with how many are there; anything else is found by its name. */
export function PartTaps({
  label,
  kind,
  van,
  kit,
  chosen,
  choose,
}: {
  label: string
  kind: string
  van: Van | undefined
  kit: readonly string[]
  chosen: readonly string[]
  choose: (parts: string[]) => void
}) {
  const { t } = useWords()
  const names = useNames()
  const known = Object.keys(names.kindOf(kind)?.parts ?? {})
  const inVan = new Map(van?.stock.map(({ part, quantity }) => [part, quantity]))
  const near = [...new Set([...kit, ...known.filter((part) => inVan.has(part))])]
  const rest = known.filter((part) => !near.includes(part))
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Chip.Group
        multiple
        value={chosen.filter((part) => near.includes(part))}
        onChange={(taps) => choose([...taps, ...chosen.filter((part) => !near.includes(part))])}
      >
        <Group gap="xs">
          {near.map((part) => (
            <Chip key={part} value={part} size="md">
              {names.part(kind, part)} · {van ? t('my.inVan', { count: inVan.get(part) ?? 0 }) : t('my.noVan')}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {rest.length > 0 && (
        <MultiSelect
          placeholder={t('my.otherParts')}
          aria-label={t('my.otherParts')}
          data={rest.map((value) => ({ value, label: names.part(kind, value) }))}
          value={chosen.filter((part) => rest.includes(part))}
          onChange={(others) => choose([...chosen.filter((part) => near.includes(part)), ...others])}
          searchable
        />
      )}
    </Stack>
  )
}
