import uPlot from 'uplot'
import type { CycleRow } from '../../api.ts'
import type { Paint } from '../../components/chartColors.ts'

/** A moment on the time axis: an alert, a ticket, a repair. */
export interface Mark {
  at: number
  label: string
}

const MOST_TICKS = 200
const DAY_MS = 86_400_000

/** A dashed line for each mark, its words at the top; neighbours stand one below the other. */
export function drawMarks(plot: uPlot, marks: Mark[], paint: Paint): void {
  const { ctx, bbox } = plot
  const px = uPlot.pxRatio
  const shown = marks
    .map((mark) => ({ ...mark, x: plot.valToPos(mark.at / 1000, 'x', true) }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width)
    .sort((a, b) => a.x - b.x)
  ctx.save()
  ctx.font = `${11 * px}px system-ui, "Noto Sans CJK SC", sans-serif`
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  const ends: number[] = []
  for (const { x } of shown) {
    ctx.strokeStyle = paint.mark
    ctx.lineWidth = px
    ctx.setLineDash([4 * px, 3 * px])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.setLineDash([])
  }
  for (const { x, label } of shown) {
    const width = ctx.measureText(label).width + 6 * px
    // To the right of its line, or to the left where the chart ends.
    const left = x + 3 * px + width > bbox.left + bbox.width ? x - 3 * px - width : x + 3 * px
    let row = 0
    while (row < 5 && (ends[row] ?? 0) > left) row++
    ends[row] = left + width
    const top = bbox.top + row * 16 * px
    ctx.fillStyle = paint.surface
    ctx.globalAlpha = 0.85
    ctx.fillRect(left, top, width, 15 * px)
    ctx.globalAlpha = 1
    ctx.fillStyle = paint.strong
    ctx.fillText(label, left + 3 * px, top + 2 * px)
  }
  ctx.restore()
}

/** Cycles as ticks along the foot; counts a day when there are too many to tell apart. */
export function drawCycles(plot: uPlot, cycles: readonly CycleRow[], paint: Paint): void {
  const { ctx, bbox } = plot
  const px = uPlot.pxRatio
  const foot = bbox.top + bbox.height
  const inView = cycles.filter(({ to, from }) => {
    const { min, max } = plot.scales.x ?? {}
    return to / 1000 >= (min ?? 0) && from / 1000 <= (max ?? 0)
  })
  const x = (at: number) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at / 1000, 'x', true)))
  ctx.save()
  ctx.fillStyle = paint.cycle
  ctx.globalAlpha = 0.7
  if (inView.length <= MOST_TICKS) {
    for (const { from, to } of inView) ctx.fillRect(x(from), foot - 4 * px, Math.max(px, x(to) - x(from)), 4 * px)
  } else {
    const days = new Map<number, number>()
    for (const { from } of inView) {
      const day = Math.floor(from / DAY_MS)
      days.set(day, (days.get(day) ?? 0) + 1)
    }
    const most = Math.max(...days.values())
    for (const [day, count] of days) {
      const height = (10 * px * count) / most
      const left = x(day * DAY_MS)
      ctx.fillRect(left, foot - height, Math.max(px, x((day + 1) * DAY_MS) - left - px), height)
    }
  }
  ctx.restore()
}

/** The band that one record was held against, as a bracket at its moment. */
export function drawReach(
  plot: uPlot,
  { to, expected: [low, high] }: { to: number; expected: readonly [number, number] },
  paint: Paint,
): void {
  const { ctx, bbox } = plot
  const px = uPlot.pxRatio
  const x = plot.valToPos(to / 1000, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  const y = (value: number): number =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(value, 'y', true)))
  ctx.save()
  ctx.strokeStyle = paint.strong
  ctx.lineWidth = 1.5 * px
  ctx.beginPath()
  for (const at of [y(low), y(high)]) {
    ctx.moveTo(x - 5 * px, at)
    ctx.lineTo(x + 5 * px, at)
  }
  ctx.moveTo(x, y(low))
  ctx.lineTo(x, y(high))
  ctx.stroke()
  ctx.restore()
}
