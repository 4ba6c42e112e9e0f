import type { KeyboardEvent, ReactNode } from 'react'
import type { Plan } from '../../components/planOf.ts'

interface Point {
  x: number
  y: number
}
type MarkName = 'outlet' | 'engineer' | 'job' | 'late' | 'nobodys'

/** Each is told by its shape; colour only says the same again. */
const shapes: Record<MarkName, ReactNode> = {
  outlet: <rect x={-5} y={-5} width={10} height={10} className="map-outlet" />,
  engineer: <circle r={8} className="map-engineer" />,
  job: <circle r={6} className="map-job" />,
  late: (
    <>
      <path d="M0-9 9 7H-9Z" className="map-late" />
      <text y={5} textAnchor="middle" className="map-sign">
        !
      </text>
    </>
  ),
  nobodys: (
    <>
      <path d="M0-9 9 0 0 9-9 0Z" className="map-nobodys" />
      <text y={4} textAnchor="middle" className="map-sign">
        ?
      </text>
    </>
  ),
}

/** Something at its place; what can be chosen is chosen by a click, Enter or the space bar. */
export function Mark({
  as,
  at: { x, y },
  words,
  label,
  isChosen,
  choose,
}: {
  as: MarkName
  at: Point
  words: string
  label?: string
  isChosen?: boolean
  choose?: () => void
}) {
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    choose?.()
  }
  return (
    <g
      transform={`translate(${x} ${y})`}
      className="map-mark"
      aria-label={words}
      {...(choose ? { role: 'button', tabIndex: 0, onClick: choose, onKeyDown: press } : { role: 'img' })}
    >
      <title>{words}</title>
      {isChosen && <circle r={13} className="map-ring" />}
      {shapes[as]}
      {label !== undefined && (
        <text x={11} y={4} className="map-label">
          {label}
        </text>
      )}
    </g>
  )
}

/** The way of a day, from where it begins through its jobs in their order, as the crow flies. */
export function Route({
  stops,
  plan,
  isChosen,
}: {
  stops: readonly { location?: { lat: number; lon: number } | undefined }[]
  plan: Plan
  isChosen: boolean
}) {
  const points = stops.flatMap(({ location }) => (location ? [plan.at(location)] : []))
  return (
    <polyline
      points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
      className="map-route"
      data-chosen={isChosen || undefined}
    />
  )
}

const STEPS_KM = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
const LONGEST_PX = 140

/** How far a stretch of the drawing is. */
export function ScaleBar({ pxPerKm, y }: { pxPerKm: number; y: number }) {
  const km = STEPS_KM.findLast((step) => step * pxPerKm <= LONGEST_PX) ?? STEPS_KM[0]
  if (km === undefined) return null
  return (
    <g transform={`translate(12 ${y})`}>
      <path d={`M0-4V0H${km * pxPerKm}V-4`} className="map-scale" />
      <text x={4} y={-6} className="map-label">
        {km} km
      </text>
    </g>
  )
}
