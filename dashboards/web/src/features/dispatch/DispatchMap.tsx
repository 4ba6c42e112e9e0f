import { Button, Group, Stack, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import { type DispatchBoard, useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { planOf } from '../../components/planOf.ts'
import { useWords } from '../../words/index.ts'
import { JobRow, type ListedJob } from './JobRow.tsx'
import { Mark, Route, ScaleBar } from './mapMarks.tsx'
import type { Moving } from './useMove.tsx'

const MARGIN = 34
/** As flat as a screen, and never higher than one sees at once. */
const heightOf = (width: number): number => Math.round(Math.min(520, Math.max(280, width * 0.6)))

/**
 * Who is where on this day, drawn from the places alone, to scale; nothing is asked of anybody for it. Whoever is chosen
 * fills it with their day; a job says what it is, and is given to somebody else from here.
 */
export default function DispatchMap({
  board,
  move,
}: {
  board: DispatchBoard
  move: ((moving: Moving) => void) | undefined
}) {
  const { t, lang } = useWords()
  const names = useNames()
  const { data: outlets } = useCall('GET /api/outlets', {}, 60_000)
  const { ref, width } = useElementSize()
  const [chosen, choose] = useState<string>()
  const { engineers, unplanned } = board
  const day = engineers.find(({ id }) => id === chosen)
  const jobs: ListedJob[] = [
    ...unplanned,
    ...engineers.flatMap((engineer) => engineer.jobs.map((job) => ({ ...job, name: engineer.name }))),
  ]
  const listed = day
    ? jobs.filter(({ ticket }) => day.jobs.some((job) => job.ticket === ticket))
    : jobs.filter(({ ticket }) => ticket === chosen)
  const fitted = day ? [day, ...day.jobs] : [...engineers, ...jobs, ...(outlets?.items ?? [])]
  const places = fitted.flatMap(({ location }) => (location ? [{ location }] : []))
  const height = heightOf(width)
  const plan = planOf(places, { width, height, margin: MARGIN })
  const nowhere = jobs.filter(({ location }) => !location).length
  return (
    <Stack gap="sm">
      <Head back={chosen === undefined ? undefined : () => choose(undefined)} />
      <div ref={ref} className="dispatch-map">
        {width > 0 && places.length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a drawing is no set of fields
          <svg width={width} height={height} role="group" aria-label={t('dispatch.map')}>
            {outlets?.items.map(({ id, name, location }) => (
              <Mark key={id} as="outlet" at={plan.at(location)} words={name} label={name} />
            ))}
            {engineers.map((one) => (
              <Route key={one.id} stops={[one, ...one.jobs]} plan={plan} isChosen={one.id === chosen} />
            ))}
            {engineers.map(({ id, name, jobs: own, location, km }) => (
              <Mark
                key={id}
                as="engineer"
                at={plan.at(location)}
                words={`${name}: ${t('dispatch.mapDay', { jobs: own.length, km: number(km, lang, 1) })}`}
                label={name}
                isChosen={id === chosen}
                choose={() => choose(id)}
              />
            ))}
            {jobs.map(({ ticket, number: no, kind, failureMode, location, lateMinutes, name }) =>
              location ? (
                <Mark
                  key={ticket}
                  as={name ? (lateMinutes > 0 ? 'late' : 'job') : 'nobodys'}
                  at={plan.at(location)}
                  words={`${no} · ${names.mode(kind, failureMode)} · ${name ?? t('dispatch.unplanned')}`}
                  isChosen={ticket === chosen}
                  choose={() => choose(ticket)}
                />
              ) : null,
            )}
            <ScaleBar pxPerKm={plan.pxPerKm} y={height - 12} />
          </svg>
        )}
      </div>
      {nowhere > 0 && <Text size="sm">{t('dispatch.mapNowhere', { count: nowhere })}</Text>}
      {day?.jobs.length === 0 && <Text size="sm">{`${day.name}: ${t('dispatch.allFree')}`}</Text>}
      {listed.map((job) => (
        <JobRow key={job.ticket} job={job} move={move} />
      ))}
    </Stack>
  )
}

/** What the marks mean, and the way back to everybody. */
function Head({ back }: { back: (() => void) | undefined }) {
  const { t } = useWords()
  return (
    <Group justify="space-between" gap="sm">
      <Text size="xs" c="dimmed">
        {t('dispatch.mapHint')}
      </Text>
      {back && (
        <Button size="compact-xs" variant="default" onClick={back}>
          {t('dispatch.mapAll')}
        </Button>
      )}
    </Group>
  )
}
