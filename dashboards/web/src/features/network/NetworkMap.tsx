import type { Outlet } from '../../api.ts'
import { useWords } from '../../words/index.ts'

const SIZE = 400
const MARGIN = 24
/** A degree of latitude; of longitude it is less by the cosine. */
const KM_PER_DEGREE = 111.2
const radius = { technical: 8, community: 7, star: 6, authorised: 5 } as const

/** Places alone, no tiles: each outlet with the area that it serves, to scale. Nothing is asked of anybody. */
export function NetworkMap({
  outlets,
  chosen,
  choose,
}: {
  outlets: readonly Outlet[]
  chosen: string | undefined
  choose: (id: string) => void
}) {
  const { t } = useWords()
  const middle = outlets.reduce((sum, { location }) => sum + location.lat, 0) / outlets.length
  const east = Math.cos((middle * Math.PI) / 180) * KM_PER_DEGREE
  const placed = outlets.map((outlet) => ({
    outlet,
    x: outlet.location.lon * east,
    y: -outlet.location.lat * KM_PER_DEGREE,
  }))
  const left = Math.min(...placed.map(({ x, outlet }) => x - outlet.withinKm))
  const right = Math.max(...placed.map(({ x, outlet }) => x + outlet.withinKm))
  const top = Math.min(...placed.map(({ y, outlet }) => y - outlet.withinKm))
  const bottom = Math.max(...placed.map(({ y, outlet }) => y + outlet.withinKm))
  const scale = (SIZE - 2 * MARGIN) / Math.max(right - left, bottom - top)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no set of fields
    <svg
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      role="group"
      aria-label={t('network.map')}
      style={{ width: '100%', maxHeight: 420, display: 'block' }}
    >
      {placed.map(({ outlet, x, y }) => (
        <circle
          key={outlet.id}
          cx={MARGIN + (x - left) * scale}
          cy={MARGIN + (y - top) * scale}
          r={outlet.withinKm * scale}
          fill="var(--mantine-primary-color-filled)"
          fillOpacity={outlet.id === chosen ? 0.16 : 0.06}
          stroke="var(--mantine-primary-color-filled)"
          strokeOpacity={0.4}
        />
      ))}
      {placed.map(({ outlet, x, y }) => (
        // biome-ignore lint/a11y/useSemanticElements: there is no button in a drawing
        <g
          key={outlet.id}
          role="button"
          tabIndex={0}
          aria-label={`${outlet.name}, ${t(`network.tiers.${outlet.tier}`)}`}
          style={{ cursor: 'pointer' }}
          onClick={() => choose(outlet.id)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ' ') choose(outlet.id)
          }}
        >
          <circle
            cx={MARGIN + (x - left) * scale}
            cy={MARGIN + (y - top) * scale}
            r={radius[outlet.tier]}
            fill="var(--mantine-primary-color-filled)"
          />
          <text
            x={MARGIN + (x - left) * scale + 10}
            y={MARGIN + (y - top) * scale + 4}
            fontSize={12}
            fill="var(--mantine-color-text)"
          >
            {outlet.name}
          </text>
        </g>
      ))}
    </svg>
  )
}
