import { useCallback } from 'react'
import type { Answer } from '../../api.ts'
import { axisOf, EChart, tooltipOf } from '../../components/EChart.tsx'
import { number } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

export type TrendRow = Answer<'GET /api/trends'>['items'][number]

/** Model by month: confirmed failures per 100 appliance-years; hatched where too little was watched to say. */
export function HeatMap({
  rows,
  choose,
}: {
  rows: readonly TrendRow[]
  choose: (model: string, month: string) => void
}) {
  const { t, lang } = useWords()
  const cells = [...Map.groupBy(rows, ({ group }) => group.join('\n')).values()].map((ofCell) => {
    const [first] = ofCell
    const rates = ofCell.map(({ rate }) => rate)
    return {
      model: first?.group[0] ?? '',
      month: first?.group[1] ?? '',
      count: ofCell.reduce((sum, { confirmed, open }) => sum + confirmed + open, 0),
      rate: rates.some((rate) => rate === null) ? null : rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0),
    }
  })
  const models = [...new Set(cells.map(({ model }) => model))].sort()
  const months = [...new Set(cells.map(({ month }) => month))].sort()
  const highest = Math.max(1, ...cells.map(({ rate }) => rate ?? 0))
  const key = JSON.stringify(cells)
  // `key` is all that `cells` says
  const option = useCallback(
    (paint: Parameters<Parameters<typeof EChart>[0]['option']>[0], scheme: 'light' | 'dark') => ({
      grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
      tooltip: {
        ...tooltipOf(paint),
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const cell = cells[dataIndex]
          if (!cell) return ''
          const said = cell.rate === null ? t('trends.tooFew') : t('trends.rateOf', { rate: number(cell.rate, lang) })
          return `${cell.model}, ${cell.month}<br>${t('trends.faults', { count: cell.count })}<br>${said}`
        },
      },
      visualMap: {
        show: false,
        min: 0,
        max: highest,
        dimension: 3,
        inRange: { color: scheme === 'dark' ? ['#12303f', '#56B4E9'] : ['#e3f0f8', '#0072B2'] },
      },
      xAxis: { type: 'category', data: months, ...axisOf(paint), splitLine: { show: false } },
      yAxis: { type: 'category', data: models, inverse: true, ...axisOf(paint), splitLine: { show: false } },
      series: [
        {
          type: 'heatmap',
          label: { show: true, color: paint.strong, formatter: ({ value }: { value: number[] }) => String(value[2]) },
          itemStyle: { borderColor: paint.surface, borderWidth: 2 },
          data: cells.map(({ model, month, count, rate }) => ({
            value: [month, model, count, rate ?? 0],
            ...(rate === null
              ? { visualMap: false, itemStyle: { color: hatch(paint.grid, paint.surface), borderColor: paint.surface } }
              : rate > highest * 0.6
                ? { label: { color: scheme === 'light' ? '#fff' : '#111' } }
                : {}),
          })),
        },
      ],
    }),
    [key, lang],
  )
  return (
    <EChart
      label={t('trends.heatLabel', { models: models.length, months: months.length })}
      height={Math.max(140, models.length * 34 + 50)}
      option={option}
      onClick={(i) => cells[i] && choose(cells[i].model, cells[i].month)}
    />
  )
}

/** Stripes: not sure, or too few. */
function hatch(ink: string, paper: string) {
  const image = document.createElement('canvas')
  image.width = 8
  image.height = 8
  const pen = image.getContext('2d')
  if (pen) {
    pen.fillStyle = paper
    pen.fillRect(0, 0, 8, 8)
    pen.strokeStyle = ink
    pen.lineWidth = 2
    for (const shift of [-8, 0, 8]) {
      pen.beginPath()
      pen.moveTo(shift, 8)
      pen.lineTo(shift + 8, 0)
      pen.stroke()
    }
  }
  return { image, repeat: 'repeat' }
}
