import { Box, Group, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type MouseEvent, memo, useRef, useState } from 'react'
import type { Fleet, HealthStatus } from '../../api.ts'
import { glyph } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

type CellData = NonNullable<Fleet['cells']>[number]

/** One cell an appliance. Cells keep their places by kind, model and id; only fill and glyph change. */
export function Mosaic({ cells, status }: { cells: CellData[]; status?: string }) {
  const names = useNames()
  const { t } = useWords()
  const navigate = useNavigate()
  const place = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string>()
  const groups = Map.groupBy(cells, ({ kind }) => kind)
  const first = current && cells.some(({ id }) => id === current) ? current : cells[0]?.id

  const open = (event: MouseEvent<HTMLDivElement>) => {
    const link = (event.target as HTMLElement).closest('a')
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void navigate({ to: '/appliances/$id', params: { id: link.dataset.id ?? '' } })
  }
  /** One stop for the tab key; arrows walk the cells. */
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 20, ArrowUp: -20 }[event.key]
    if (!step) return
    event.preventDefault()
    const links = [...(place.current?.querySelectorAll<HTMLAnchorElement>('a.cell') ?? [])]
    const here = links.indexOf(document.activeElement as HTMLAnchorElement)
    const next = links[Math.min(links.length - 1, Math.max(0, here + step))]
    setCurrent(next?.dataset.id)
    next?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside are what one acts on; this hears them all
    <div ref={place} onClick={open} onKeyDown={walk}>
      <Stack gap="md">
        {[...groups].map(([kind, ofKind]) => (
          <section key={kind} aria-label={names.kind(kind)}>
            <Text fw={600} size="sm" mb={4}>
              {names.kind(kind)}{' '}
              <Text span c="dimmed" size="sm">
                {ofKind.length}
              </Text>
            </Text>
            <Stack gap={6}>
              {[...Map.groupBy(ofKind, ({ model }) => model)].map(([model, ofModel]) => (
                <Group key={model} gap="sm" wrap="nowrap" align="flex-start" className="mosaic-row">
                  <Text
                    size="xs"
                    c="dimmed"
                    w={92}
                    truncate
                    title={model}
                    style={{ flexShrink: 0, lineHeight: '22px' }}
                  >
                    {model}
                  </Text>
                  <Box className="mosaic">
                    {ofModel.map((cell) => (
                      <Cell
                        key={cell.id}
                        id={cell.id}
                        status={cell.status}
                        words={`${cell.id}, ${t(`status.${cell.status}`)}`}
                        more={`${t('common.health')} ${Math.round(cell.health)}`}
                        isDim={!!status && cell.status !== status}
                        isStop={cell.id === first}
                      />
                    ))}
                  </Box>
                </Group>
              ))}
            </Stack>
          </section>
        ))}
      </Stack>
    </div>
  )
}

const Cell = memo(function Cell(cell: {
  id: string
  status: HealthStatus
  words: string
  more: string
  isDim: boolean
  isStop: boolean
}) {
  return (
    <a
      className="cell"
      href={`/appliances/${cell.id}`}
      data-id={cell.id}
      data-status={cell.status}
      data-dim={cell.isDim || undefined}
      aria-label={cell.words}
      title={`${cell.words} · ${cell.more}`}
      tabIndex={cell.isStop ? 0 : -1}
    >
      {glyph[cell.status]}
    </a>
  )
})

/** Above 2,000 appliances: one cell a kind and model, with how many are affected; never an average. */
export function GroupMosaic({
  groups,
  choose,
}: {
  groups: NonNullable<Fleet['groups']>
  choose: (kind: string, model: string) => void
}) {
  const names = useNames()
  const { t } = useWords()
  return (
    <Stack gap="md">
      {[...Map.groupBy(groups, ({ kind }) => kind)].map(([kind, ofKind]) => (
        <section key={kind} aria-label={names.kind(kind)}>
          <Text fw={600} size="sm" mb={4}>
            {names.kind(kind)}
          </Text>
          <Box className="mosaic">
            {ofKind.map(({ model, count, affected }) => (
              <button
                type="button"
                key={model}
                className="cell cell-group"
                data-status={affected > 0 ? 'watch' : 'healthy'}
                onClick={() => choose(kind, model)}
              >
                {model}
                <br />
                {t('fleet.affected', { affected, count })}
              </button>
            ))}
          </Box>
        </section>
      ))}
    </Stack>
  )
}
