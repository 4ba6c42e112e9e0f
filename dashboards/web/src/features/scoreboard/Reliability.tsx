import { useCallback } from 'react'
import type { Scoreboard } from '../../api.ts'
import type { Paint } from '../../components/chartColors.ts'
import { axisOf, EChart, tooltipOf } from '../../components/EChart.tsx'
import { percent } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** What was predicted against how often it came true, with intervals; the diagonal is honest. */
export function Reliability({ bins }: { bins: Scoreboard['verdicts']['reliability'] }) {
  const { t, lang } = useWords()
  const known = bins.filter(({ confirmed }) => confirmed.of > 0)
  const key = JSON.stringify(known)
  // `key` is all that `known` says
  const option = useCallback(
    (paint: Paint) => {
      const axis = { type: 'value', min: 0, max: 1, interval: 0.2, ...axisOf(paint) }
      const label = { color: paint.text, formatter: (value: number) => percent(value, lang) }
      return {
        grid: { left: 8, right: 16, top: 32, bottom: 28, containLabel: true },
        tooltip: {
          ...tooltipOf(paint),
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const bin = known[dataIndex]
            return bin
              ? t('score.bin', {
                  predicted: percent(bin.predicted, lang),
                  count: bin.confirmed.count,
                  of: bin.confirmed.of,
                })
              : ''
          },
        },
        xAxis: {
          ...axis,
          axisLabel: label,
          name: t('score.predicted'),
          nameLocation: 'middle',
          nameGap: 28,
          nameTextStyle: { color: paint.text },
        },
        yAxis: {
          ...axis,
          axisLabel: label,
          name: t('score.cameTrue'),
          nameTextStyle: { color: paint.text, align: 'left' },
        },
        series: [
          {
            type: 'line',
            data: [
              [0, 0],
              [1, 1],
            ],
            symbol: 'none',
            silent: true,
            lineStyle: { color: paint.cycle, type: 'dashed', width: 1 },
          },
          ...known.map(({ predicted, confirmed }) => ({
            type: 'line',
            silent: true,
            symbol: 'none',
            data: confirmed.interval.map((share) => [predicted, share]),
            lineStyle: { color: paint.bandEdge, width: 3 },
          })),
          {
            type: 'scatter',
            symbolSize: 11,
            data: known.map(({ predicted, confirmed }) => [predicted, confirmed.count / confirmed.of]),
            itemStyle: { color: paint.inside },
          },
        ],
      }
    },
    [key, lang],
  )
  return <EChart label={t('score.reliabilityLabel', { bins: known.length })} height={280} option={option} />
}
