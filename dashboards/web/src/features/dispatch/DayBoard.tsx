import { Badge, Box, Group, Stack, Text } from '@mantine/core'
import { type DragEvent, useState } from 'react'
import type { DispatchBoard } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { DayLine, spanOf } from './DayLine.tsx'
import { type Moving, useConsequence, useGive, useMoves } from './useMove.tsx'

/** Everybody a row, free time in sight. A job that is dragged says on each row what it would bring about there, before the drop. */
export function DayBoard({ board, move }: { board: DispatchBoard; move: ((moving: Moving) => void) | undefined }) {
  const { t } = useWords()
  const say = useConsequence()
  const { give } = useGive()
  const [dragged, drag] = useState<Moving>()
  const [over, enter] = useState<string>()
  const { data } = useMoves(dragged)
  const moves = new Map(dragged ? data?.items.map((one) => [one.engineer, one]) : [])
  const from = data?.items.find(({ isNow }) => isNow)
  const span = spanOf(
    board.day,
    board.engineers.flatMap(({ jobs }) => jobs),
  )
  const drop = (engineer: string) => (event: DragEvent) => {
    event.preventDefault()
    const to = moves.get(engineer)
    enter(undefined)
    if (dragged && to && !to.refused && !to.isNow) void give(dragged, to, from)
    drag(undefined)
  }
  return (
    <Stack gap={0}>
      {board.engineers.map((engineer) => {
        const to = moves.get(engineer.id)
        const mayDrop = to !== undefined && !to.refused && !to.isNow
        return (
          <Box
            key={engineer.id}
            className="day-row"
            data-over={(over === engineer.id && mayDrop) || undefined}
            onDragOver={(event) => {
              if (mayDrop) event.preventDefault()
              enter(engineer.id)
            }}
            onDrop={drop(engineer.id)}
          >
            <Group gap="md" wrap="nowrap" align="flex-start">
              <Box w={150} miw={110}>
                <Text size="sm" fw={500} truncate>
                  {engineer.name}
                </Text>
                <Group gap={4}>
                  <Badge size="xs" variant="outline" color="gray" tt="none">
                    {engineer.grade}
                  </Badge>
                  {engineer.isolated && (
                    <Badge size="xs" color="red" variant="light" tt="none">
                      {t('people.isolated')}
                    </Badge>
                  )}
                  <Text size="xs" c="dimmed">
                    {engineer.jobs.length === 0 ? t('dispatch.allFree') : `${engineer.km} km`}
                  </Text>
                </Group>
              </Box>
              <DayLine
                day={board.day}
                zone={board.zone}
                span={span}
                jobs={engineer.jobs}
                move={move}
                dragging={move && { begin: drag, end: () => drag(undefined) }}
              />
            </Group>
            {to && !to.isNow && (
              <Text size="xs" c={to.refused ? 'dimmed' : to.late.length > 0 ? 'var(--late)' : undefined}>
                {say(to, dragged?.kind ?? '')}
              </Text>
            )}
          </Box>
        )
      })}
      {move && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('dispatch.keys')}
        </Text>
      )}
    </Stack>
  )
}
