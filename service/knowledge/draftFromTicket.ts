import type { Catalog } from '../../catalog/index.ts'
import { Problem, ticketIs } from '../../core/index.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { ArticleContent } from './article.ts'

/**
 * What a solved ticket teaches, in both languages, for a person to make better: what an owner notices, what it was, what
 * put it right. Words of people are left out, they may be personal. Pure. @throws Problem `not-solved`
 */
export function draftFromTicket(
  { id, kind, model, state, closure, visit }: Pick<Ticket, 'id' | 'kind' | 'model' | 'state' | 'closure' | 'visit'>,
  catalog: Catalog,
): ArticleContent {
  const { found } = closure
  if (!found || found.cause === 'none' || found.cause === 'unknown' || !ticketIs(state, 'mended'))
    throw new Problem({
      code: 'not-solved',
      message: `Ticket ${id} found no cause that was put right.`,
      remedy: 'Make articles of tickets that were closed with a cause.',
      concerns: id,
      status: 409,
    })
  const { text: mode, owner } = catalog.failureMode(kind, found.cause)
  const { name, parts } = catalog.kind(kind)
  const fitted = found.parts.flatMap((part) => (Object.hasOwn(parts, part) ? [parts[part]!.text] : []))
  const minutes = visit.times?.endedAt ? Math.round((visit.times.endedAt - visit.times.startedAt) / 60_000) : undefined
  const took =
    minutes === undefined ? undefined : { en: `It took ${minutes} min on site.`, zh: `现场用时 ${minutes} 分钟。` }
  const lines = [
    { en: `What is noticed: ${owner.en}`, zh: `现象：${owner.zh}` },
    { en: `What it was: ${mode.en}.`, zh: `原因：${mode.zh}。` },
    fitted.length > 0
      ? {
          en: `What put it right: ${fitted.map(({ en }) => en).join(', ')} fitted.`,
          zh: `处理：更换${fitted.map(({ zh }) => zh).join('、')}。`,
        }
      : { en: 'What put it right: no part was needed.', zh: '处理：未更换配件。' },
    ...(took ? [took] : []),
  ]
  return {
    kind,
    models: [model],
    modes: [found.cause],
    audience: 'engineer',
    title: { en: `${name.en} ${model}: ${mode.en}`, zh: `${name.zh} ${model}：${mode.zh}` },
    text: { en: lines.map(({ en }) => en).join('\n'), zh: lines.map(({ zh }) => zh).join('\n') },
  }
}
