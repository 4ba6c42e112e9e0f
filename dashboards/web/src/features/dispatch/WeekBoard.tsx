import { Skeleton, Table, Text, UnstyledButton } from '@mantine/core'
import { type DispatchBoard, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { localeOf } from '../../words/language.ts'

const HOUR = 3_600_000
const DAYS = 7
/** What an engineer's day has room for, minutes; drawn as full from here on. */
const DAY_MINUTES = 8 * 60

/** Seven days at a glance: of everybody how many jobs, and how much of the day is free. */
export function WeekBoard({ first, open }: { first: DispatchBoard; open: (day: number) => void }) {
  const { t, lang } = useWords()
  const days = Array.from({ length: DAYS }, (_, i) => first.day + i * 24 * HOUR + 12 * HOUR)
  // A board each: they are small, and kept.
  const one = useCall('GET /api/dispatch', { at: days[0] })
  const boards = [
    one,
    useCall('GET /api/dispatch', { at: days[1] }),
    useCall('GET /api/dispatch', { at: days[2] }),
    useCall('GET /api/dispatch', { at: days[3] }),
    useCall('GET /api/dispatch', { at: days[4] }),
    useCall('GET /api/dispatch', { at: days[5] }),
    useCall('GET /api/dispatch', { at: days[6] }),
  ]
  if (!one.data) return <Skeleton height={300} />
  const locale = localeOf(lang)
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={4} aria-label={t('dispatch.week')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('nav.people')}</Table.Th>
            {days.map((day, i) => (
              <Table.Th key={day}>
                <UnstyledButton fz="sm" td="underline" onClick={() => open(day)}>
                  {new Date(day).toLocaleDateString(locale, {
                    weekday: 'short',
                    day: 'numeric',
                    month: 'short',
                    timeZone: first.zone,
                  })}
                </UnstyledButton>
                {(boards[i]?.data?.unplanned.length ?? 0) > 0 && (
                  <Text size="xs" c="var(--late)">
                    {t('dispatch.nobodys', { count: boards[i]?.data?.unplanned.length ?? 0 })}
                  </Text>
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {first.engineers.map(({ id, name }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Text size="sm">{name}</Text>
              </Table.Td>
              {days.map((day, i) => {
                const jobs = boards[i]?.data?.engineers.find((engineer) => engineer.id === id)?.jobs ?? []
                const minutes = jobs.reduce((sum, job) => sum + job.minutes, 0)
                const free = Math.max(0, Math.round((DAY_MINUTES - minutes) / 60))
                return (
                  <Table.Td key={day}>
                    <Text size="sm" c={jobs.length === 0 ? 'dimmed' : undefined}>
                      {jobs.length === 0 ? t('dispatch.allFree') : t('dispatch.load', { jobs: jobs.length, free })}
                    </Text>
                    <div className="week-bar" aria-hidden>
                      <div style={{ width: `${Math.min(100, (100 * minutes) / DAY_MINUTES)}%` }} />
                    </div>
                  </Table.Td>
                )
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
