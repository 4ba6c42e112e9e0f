import type { Outlet } from '../../api.ts'
import { planOf } from '../../components/planOf.ts'
import { useWords } from '../../words/index.ts'

const SIZE = 400
const MARGIN = 24
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
  const plan = planOf(outlets, { width: SIZE, height: SIZE, margin: MARGIN })
  const placed = outlets.map((outlet) => ({ outlet, ...plan.at(outlet.location) }))
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
          cx={x}
          cy={y}
          r={outlet.withinKm * plan.pxPerKm}
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
          <circle cx={x} cy={y} r={radius[outlet.tier]} fill="var(--mantine-primary-color-filled)" />
          <text x={x + 10} y={y + 4} fontSize={12} fill="var(--mantine-color-text)">
            {outlet.name}
          </text>
        </g>
      ))}
    </svg>
  )
}
