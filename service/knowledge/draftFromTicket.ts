import type { Catalog } from '../../catalog/index.ts'
import { because, everyText, Problem, type Render, ticketIs } from '../../core/index.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { ArticleContent } from './article.ts'

/**
 * What a solved ticket teaches, in every language, for a person to make better: what an owner notices, what it was, what
 * put it right. Words of people are left out, they may be personal. Pure. @throws Problem `not-solved`
 */
export function draftFromTicket(
  { id, kind, model, state, closure, visit }: Pick<Ticket, 'id' | 'kind' | 'model' | 'state' | 'closure' | 'visit'>,
  catalog: Catalog,
  render: Render,
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
  const fitted = found.parts.flatMap((part) =>
    Object.hasOwn(parts, part) ? [because('line-part', { part: parts[part]!.text })] : [],
  )
  const minutes = visit.times?.endedAt ? Math.round((visit.times.endedAt - visit.times.startedAt) / 60_000) : undefined
  const said = [
    because('draft-noticed', { noticed: owner }),
    because('draft-cause', { mode }),
    fitted.length > 0 ? because('draft-fitted', { fitted }) : because('draft-without-part'),
    ...(minutes === undefined ? [] : [because('draft-took', { minutes })]),
  ].map(render)
  return {
    kind,
    models: [model],
    modes: [found.cause],
    audience: 'engineer',
    title: render(because('draft-title', { kind: name, model, mode })),
    text: everyText((language) => said.map((line) => line[language]).join('\n')),
  }
}
