import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { type RefObject, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useWords } from '../words/index.ts'
import type { Language } from '../words/language.ts'
import { chartColors, type Paint } from './chartColors.ts'
import { timeAxis } from './timeAxis.ts'

/** A stretch of time, ms. */
export interface Span {
  from: number
  to: number
}

export interface PlotProps {
  /** What the chart says, for those who do not see it. */
  label: string
  /** Seconds, then one column for each of `series`. */
  data: uPlot.AlignedData
  /** Read once for each `shape` and colour scheme. */
  series: (paint: Paint) => { series: uPlot.Series[]; bands?: uPlot.Band[] }
  /** Changes when `series` would answer something else. */
  shape: string
  span: Span
  height: number
  /** Draws over the data; called with the plot at every redraw. */
  draw?: (plot: uPlot, paint: Paint) => void
  /** Least range of the vertical axis. */
  yRange?: (low: number, high: number) => [number, number]
  yTick?: (value: number) => string
  onCursor?: (index: number | null) => void
  /** A stretch was marked with the mouse. */
  onSelect?: (span: Span) => void
}

/** Charts with this key share their cursor. */
const SYNC = 'time'

/** Moves the cursor of the charts in a place, whose rows are alike, by so many rows; it begins at the last one. */
export function stepCursor(place: Element, by: number): void {
  const plots = uPlot.sync(SYNC).plots.filter(({ root }) => place.contains(root))
  const times = plots[0]?.data[0] ?? []
  const next = Math.min(times.length - 1, Math.max(0, (plots[0]?.cursor.idx ?? times.length) + by))
  for (const plot of plots) plot.setCursor({ left: plot.valToPos(times[next] ?? 0, 'x'), top: 1 })
}

/** A uPlot chart over time, in the colours of the scheme, as wide as its place. */
export function Plot(props: PlotProps) {
  const scheme = useComputedColorScheme('light')
  const { lang } = useWords()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(props)
  latest.current = props

  // Made anew for another shape; data and span follow below
  useEffect(() => {
    const element = place.current
    if (!element) return
    const paint = chartColors(scheme)
    const made = new uPlot(optionsOf(latest, { paint, lang, width: element.clientWidth }), latest.current.data, element)
    plot.current = made
    const resize = new ResizeObserver(() =>
      made.setSize({ width: Math.max(120, element.clientWidth), height: latest.current.height }),
    )
    resize.observe(element)
    return () => {
      resize.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [props.shape, scheme, lang, props.height])

  useEffect(() => {
    const [min, max] = inSeconds(props.span)
    plot.current?.batch(() => {
      plot.current?.setData(props.data, true)
      plot.current?.setScale('x', { min, max })
    })
  }, [props.data, props.span])

  return <div ref={place} role="img" aria-label={props.label} style={{ minHeight: props.height, overflow: 'hidden' }} />
}

/** Read once for each plot; what it draws and calls is asked for anew each time. */
function optionsOf(
  latest: RefObject<PlotProps>,
  { paint, lang, width }: { paint: Paint; lang: Language; width: number },
): uPlot.Options {
  const { series, bands } = latest.current.series(paint)
  const axis = { stroke: paint.text, grid: { stroke: paint.grid, width: 1 }, ticks: { stroke: paint.grid, size: 4 } }
  return {
    width: Math.max(120, width),
    height: latest.current.height,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: {
      sync: { key: SYNC, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: false,
    },
    scales: {
      x: { time: true, range: () => inSeconds(latest.current.span) },
      y: {
        range: (_plot, low, high) => {
          if (low === null || high === null) return [0, 1]
          const pad = (high - low || Math.abs(high) || 1) * 0.08
          return (latest.current.yRange ?? ((a, b) => [a, b]))(low - pad, high + pad)
        },
      },
    },
    series: [{}, ...series],
    bands: bands ?? [],
    axes: [
      { ...axis, ...timeAxis(lang), size: 26, font: paint.font },
      {
        ...axis,
        size: (_plot, labels) => 14 + 6.2 * Math.max(3, ...(labels ?? []).map((label) => label.length)),
        font: paint.font,
        values: (_plot, ticks) =>
          ticks.map((tick) => latest.current.yTick?.(tick) ?? tick.toLocaleString(lang, { maximumFractionDigits: 3 })),
      },
    ],
    hooks: {
      draw: [(drawn) => latest.current.draw?.(drawn, paint)],
      setCursor: [(moved) => latest.current.onCursor?.(moved.cursor.idx ?? null)],
      setSelect: [
        (marked) => {
          const { left, width } = marked.select
          if (width < 4) return
          const at = (px: number) => Math.round(marked.posToVal(px, 'x') * 1000)
          marked.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          latest.current.onSelect?.({ from: at(left), to: at(left + width) })
        },
      ],
    },
  }
}

const inSeconds = ({ from, to }: Span): [number, number] => [from / 1000, to / 1000]
