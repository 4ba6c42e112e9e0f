import { Anchor, Group, Image, SimpleGrid, Text } from '@mantine/core'
import { type Answer, type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

const WIDTH = 120
const HEIGHT = 28
const THUMBNAIL = 96

type Series = Answer<'GET /api/tickets/:id/attachments'>['items'][number]['series']

/** What came with the reports of it: what the appliance had measured in the day before, and the photos. */
export function Pinned({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/tickets/:id/attachments', { id: ticket.id })
  if (!data) return null
  const base = `/api/tickets/${encodeURIComponent(ticket.id)}/photos/`
  return (
    <>
      {data.photos.length > 0 && (
        <Group gap="xs" mt="xs">
          {data.photos.map((name, i) => (
            <Anchor key={name} href={base + name} target="_blank">
              <Image
                src={base + name}
                alt={`${t('visit.photo')} ${i + 1}`}
                w={THUMBNAIL}
                h={THUMBNAIL}
                radius="sm"
                loading="lazy"
              />
            </Anchor>
          ))}
        </Group>
      )}
      {data.items.map(({ at, series }, i) => (
        // Nothing that is pinned is taken away again, and two may share a moment.
        <LastDay key={i} at={at} kind={ticket.kind} series={series} />
      ))}
    </>
  )
}

/** The day before a report, one small line a metric, with its lowest and highest value. */
function LastDay({ at, kind, series }: { at: number; kind: string; series: Series }) {
  const { t } = useWords()
  const names = useNames()
  const metrics = Object.entries(series.series).filter(([, { mean }]) => mean.some((value) => value !== null))
  if (metrics.length === 0) return null
  return (
    <details>
      <summary>
        <Text span size="sm">
          {t('intake.lastDay')} <When at={at} />
        </Text>
      </summary>
      <SimpleGrid cols={{ base: 2, lg: 1, xl: 2 }} spacing="xs" mt="xs">
        {metrics.map(([metric, { min, mean, max }]) => {
          const [low, high] = [lowestOf(min), highestOf(max)]
          const unit = names.kindOf(kind)?.metrics[metric]?.unit ?? '1'
          const range = `${names.value(kind, metric, low, unit)} … ${names.value(kind, metric, high, unit)}`
          return (
            <div key={metric}>
              <Text size="xs">{names.metric(kind, metric)}</Text>
              <Line
                label={`${names.metric(kind, metric)}: ${range}`}
                ts={series.ts}
                values={mean}
                low={low}
                high={high}
              />
              <Text size="xs" c="dimmed">
                {range}
              </Text>
            </div>
          )
        })}
      </SimpleGrid>
    </details>
  )
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)
const lowestOf = (values: readonly (number | null)[]): number => Math.min(...known(values))
const highestOf = (values: readonly (number | null)[]): number => Math.max(...known(values))

interface LineProps {
  label: string
  ts: readonly number[]
  values: readonly (number | null)[]
  low: number
  high: number
}
/** A stretch without a value is a gap, and no line across it. */
function Line({ label, ts, values, low, high }: LineProps) {
  const [from = 0, to = 0] = [ts[0], ts.at(-1)]
  let isDown = false
  const path = values
    .map((value, i) => {
      const move = isDown ? 'L' : 'M'
      isDown = value !== null
      if (value === null) return ''
      const x = to > from ? (((ts[i] ?? from) - from) / (to - from)) * WIDTH : 0
      const y = high > low ? 1 + (1 - (value - low) / (high - low)) * (HEIGHT - 2) : HEIGHT / 2
      // A value by itself is a dot.
      return `${move}${x.toFixed(1)} ${y.toFixed(1)}h0.01`
    })
    .join('')
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      height={HEIGHT}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
