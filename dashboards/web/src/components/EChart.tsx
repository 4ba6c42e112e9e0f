import { useComputedColorScheme } from '@mantine/core'
import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import { chartColors, type Paint } from './chartColors.ts'

/** Heavier than all else of a page together: it comes after the page, into a place that is kept for it. */
const library = () => import('./echarts.ts')
/** Drawn when somebody comes near it. */
const NEAR = '200px'

/** An ECharts chart in the colours of the scheme. */
export function EChart({
  label,
  height,
  option,
  onClick,
}: {
  /** What the chart says, for those who do not see it. */
  label: string
  height: number
  option: (paint: Paint, scheme: 'light' | 'dark') => EChartsCoreOption
  onClick?: (dataIndex: number) => void
}) {
  const scheme = useComputedColorScheme('light')
  const place = useRef<HTMLDivElement>(null)
  const [chart, hold] = useState<EChartsType>()
  const click = useRef(onClick)
  click.current = onClick
  useEffect(() => {
    const at = place.current
    if (!at) return
    let end: (() => void) | undefined = () => near.disconnect()
    const near = new IntersectionObserver(([seen]) => seen?.isIntersecting && void draw(), { rootMargin: NEAR })
    const draw = async () => {
      near.disconnect()
      const { init } = await library()
      if (!end) return
      const made = init(at)
      made.on('click', ({ dataIndex }) => click.current?.(dataIndex))
      const resize = new ResizeObserver(() => made.resize())
      resize.observe(at)
      end = () => {
        resize.disconnect()
        made.dispose()
      }
      hold(made)
    }
    near.observe(at)
    return () => {
      end?.()
      end = undefined
    }
  }, [])
  useEffect(() => {
    const paint = chartColors(scheme)
    chart?.setOption(
      {
        animation: false,
        textStyle: { color: paint.text, fontFamily: 'inherit' },
        ...option(paint, scheme),
      },
      { notMerge: true },
    )
  }, [chart, option, scheme])
  return <div ref={place} role="img" aria-label={label} style={{ height, width: '100%' }} />
}

/** Axis colours that every chart shares. */
export const axisOf = (paint: Paint) => ({
  axisLine: { lineStyle: { color: paint.grid } },
  axisTick: { show: false },
  axisLabel: { color: paint.text, fontSize: 12 },
  splitLine: { lineStyle: { color: paint.grid } },
})

export const tooltipOf = (paint: Paint) => ({
  backgroundColor: paint.surface,
  borderColor: paint.grid,
  textStyle: { color: paint.strong, fontSize: 12 },
})
