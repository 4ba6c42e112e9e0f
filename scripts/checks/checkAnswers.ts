import ts from 'typescript-5'
import { isTest, lineOf, readSource } from '../ownSource.ts'
import { ownAnswers } from './castAnswers.ts'

/** Calls whose answers are no JSON, or describe themselves: `otherMedia` of the table of answers. */
const otherMedia = /otherMedia = \{([\s\S]*?)\n\}/
const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'all'])

/**
 * What is answered is described in one table, by the server's side and the pages' alike: every route declares its entry,
 * sends nothing round it, and no page says by itself what it was answered. @returns one line for each finding
 */
export function checkAnswers(root: string): string[] {
  const files = readSource(root)
  const [, media = ''] = otherMedia.exec(files.get('dashboards/api/answers/index.ts') ?? '') ?? []
  return [...undeclared(files, media), ...ownAnswers(files)]
}

/** A route as it stands in the source. */
interface Declared {
  call: string
  node: ts.CallExpression
  schema: ts.Expression | undefined
}

function undeclared(files: ReadonlyMap<string, string>, media: string): string[] {
  const problems: string[] = []
  for (const [file, text] of files) {
    // Pages are no calls; they are served by their own file.
    if (isTest(file) || !/^dashboards\/api\//.test(file) || file === 'dashboards/api/webPages.ts') continue
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const say = (node: ts.Node, what: string): void =>
      void problems.push(`${file}:${lineOf(text, node.getStart(source))} ${what}`)
    const walk = (node: ts.Node, within: Declared | undefined): void => {
      const route = ts.isCallExpression(node) ? routeOf(node, file) : undefined
      if (route && !media.includes(`'${route.call}'`)) {
        if (!declares(route)) say(node, `${route.call} declares no answer: see dashboards/api/answers/`)
      }
      const here = route ?? within
      const isMedia = here !== undefined && media.includes(`'${here.call}'`)
      if (file.startsWith('dashboards/api/routes/') && !isMedia) {
        const round = ts.isCallExpression(node) && goesRound(node, here)
        if (round || isRaw(node))
          say(node, `${node.getText(source).split('\n')[0]}: an answer is sent as its route declares it`)
        if (round) return
      }
      ts.forEachChild(node, (child) => walk(child, here))
    }
    walk(source, undefined)
  }
  return problems
}

/** `app.get('/api/…', …)`, whatever the app is called, and `app.route({ method, url, … })`. */
function routeOf(node: ts.CallExpression, file: string): Declared | undefined {
  if (!ts.isPropertyAccessExpression(node.expression)) return undefined
  const { text: method } = node.expression.name
  const [first, second] = node.arguments
  if (method === 'route' && first && ts.isObjectLiteralExpression(first)) {
    const url = given(first, 'url')
    const said = given(first, 'method')
    const name = said && ts.isStringLiteralLike(said) ? said.text : 'GET'
    return url && { call: `${name} ${textOf(url)}`, node, schema: given(first, 'schema') }
  }
  if (!methods.has(method) || !first || node.arguments.length < 2) return undefined
  const path = textOf(first)
  const isPath =
    path.startsWith('/') ||
    (file.startsWith('dashboards/api/routes/') && /^(?:app|scope|api)$/.test(node.expression.expression.getText()))
  if (!isPath) return undefined
  const schema = second && ts.isObjectLiteralExpression(second) ? given(second, 'schema') : undefined
  return { call: `${method.toUpperCase()} ${path}`, node, schema }
}
const textOf = (node: ts.Expression): string =>
  ts.isStringLiteralLike(node) ? node.text : node.getText().replace(/^`/, '')
const given = (node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
  node.properties.filter(ts.isPropertyAssignment).find((one) => one.name.getText() === name)?.initializer

/** What it answers where it says yes, as the table has it. */
function declares({ call, schema }: Declared): boolean {
  // What a start looks at as well: an entry given to a function that makes the schema.
  if (schema && ts.isCallExpression(schema))
    return schema.arguments.some((one) => one.getText() === `answers['${call}']`)
  const response = schema && ts.isObjectLiteralExpression(schema) ? given(schema, 'response') : undefined
  if (!response || !ts.isObjectLiteralExpression(response)) return false
  const good = response.properties
    .filter(ts.isPropertyAssignment)
    .filter((one) => /^['"]?2(?:\d\d|[xX]{2})['"]?$/.test(one.name.getText()))
  return good.length > 0 && good.every(({ initializer }) => initializer.getText() === `answers['${call}']`)
}

/** Sent by hand, in other words than the schema's: a text, bytes, a serializer or a status of its own. */
function goesRound(node: ts.CallExpression, within: Declared | undefined): boolean {
  if (!ts.isPropertyAccessExpression(node.expression)) return false
  const { text: name } = node.expression.name
  const [first] = node.arguments
  if (name === 'hijack' || name === 'serializer') return true
  if (name === 'send' && first) {
    return (
      ts.isStringLiteralLike(first) ||
      ts.isTemplateExpression(first) ||
      /^(?:JSON\.stringify|Buffer\.|String\()/.test(first.getText())
    )
  }
  if ((name !== 'code' && name !== 'status') || !first || !/^2\d\d$/.test(first.getText()) || !within) return false
  const { schema } = within
  const response = schema && ts.isObjectLiteralExpression(schema) ? given(schema, 'response') : undefined
  return !response || !ts.isObjectLiteralExpression(response) || !given(response, first.getText())
}
const isRaw = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) && node.name.text === 'raw' && /\breply$/.test(node.expression.getText())
