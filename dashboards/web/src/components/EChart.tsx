import { useComputedColorScheme } from '@mantine/core'
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { chartColors, type Paint } from './chartColors.ts'

use([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
])

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
  const chart = useRef<ReturnType<typeof init>>(undefined)
  const click = useRef(onClick)
  click.current = onClick
  useEffect(() => {
    if (!place.current) return
    const made = init(place.current)
    chart.current = made
    made.on('click', ({ dataIndex }) => click.current?.(dataIndex))
    const resize = new ResizeObserver(() => made.resize())
    resize.observe(place.current)
    return () => {
      resize.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => {
    const paint = chartColors(scheme)
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { color: paint.text, fontFamily: 'inherit' },
        ...option(paint, scheme),
      },
      { notMerge: true },
    )
  }, [option, scheme])
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
