import { lineOf, readSource } from '../ownSource.ts'

/** Calls whose answers are no JSON, or describe themselves: `otherMedia` of the table of answers. */
const otherMedia = /otherMedia = \{([\s\S]*?)\n\}/

/**
 * What is answered is described in one table, by the server's side and the pages' alike: every route declares its entry,
 * and no page says by itself what it was answered. @returns one line for each finding
 */
export function checkAnswers(root: string): string[] {
  const files = readSource(root)
  return [...undeclared(files), ...ownAnswers(files)]
}

function undeclared(files: Map<string, string>): string[] {
  const problems: string[] = []
  const [, media = ''] = otherMedia.exec(files.get('dashboards/api/answers/index.ts') ?? '') ?? []
  for (const [file, text] of files) {
    if (!file.startsWith('dashboards/api/routes/')) continue
    const routes = [...text.matchAll(/\bapp\.(get|post|put|patch|delete)\(\s*'([^']+)'/g)]
    for (const [i, match] of routes.entries()) {
      const call = `${match[1]?.toUpperCase()} ${match[2]}`
      const declared = text.slice(match.index, routes[i + 1]?.index)
      if (declared.includes(`answers['${call}']`) || media.includes(`'${call}'`)) continue
      problems.push(`${file}:${lineOf(text, match.index)} ${call} declares no answer: see dashboards/api/answers/`)
    }
  }
  return problems
}

/** A type given to an answer, or an answer cast; one file of the pages fetches. */
function ownAnswers(files: Map<string, string>): string[] {
  const problems: string[] = []
  const api = files.get('dashboards/web/src/api.ts') ?? ''
  const types = [...api.matchAll(/^export type (\w+)/gm)].map(([, name]) => name)
  const cast = new RegExp(`\\bas (?:readonly )?(?:Answer<|Paged<|(?:${types.join('|')})\\b)`, 'g')
  for (const [file, text] of files) {
    if (!file.startsWith('dashboards/web/src/')) continue
    const wrong: [RegExp, string][] = [
      [/\b(?:useCall|call|act|useQuery|send)<(?!C\b|C>|Answer<C>)/g, 'a call has its type from the table of answers'],
      [/\.json\(\)\)? as\b/g, 'an answer is not cast'],
      ...(types.length > 0 ? [[cast, 'an answer is not cast'] as [RegExp, string]] : []),
      ...(file === 'dashboards/web/src/api.ts' ? [] : [[/\bfetch\(/g, 'src/api.ts alone fetches'] as [RegExp, string]]),
    ]
    for (const [what, why] of wrong)
      for (const match of text.matchAll(what)) problems.push(`${file}:${lineOf(text, match.index)} ${match[0]}: ${why}`)
  }
  return problems
}
