import ts from 'typescript-5'
import { isTest, lineOf } from '../ownSource.ts'

const pages = 'dashboards/web/src/'
/** What asks, and what it answers is typed by the table. */
const asks = /^(?:useCall|useQuery|call|act|send|useAct)$/
/** Generic casts that are of no answer: a draft is what the same form wrote, and what an address says are texts. */
const ofNoAnswer = new Map([
  ['dashboards/web/src/offline/useDraft.ts', 'T'],
  ['dashboards/web/src/components/useFilters.ts', 'Partial<Record<K, string>>'],
])

/** A type given to an answer, or an answer cast; one file of the pages fetches. Names are followed within a file. */
export function ownAnswers(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = []
  for (const [file, text] of files) {
    if (!file.startsWith(pages) || isTest(file)) continue
    const source = ts.createSourceFile(
      file,
      text,
      ts.ScriptTarget.Latest,
      true,
      file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    )
    const isApi = file === `${pages}api.ts` || file === `${pages}call.ts`
    const names = namesOf(source, isApi)
    const walk = (node: ts.Node): void => {
      const why = wrongWith(node, names, isApi)
      if (why && (!ofNoAnswer.has(file) || ofNoAnswer.get(file) !== typeTextOf(node)))
        problems.push(`${file}:${lineOf(text, node.getStart(source))} ${node.getText(source).split('\n')[0]}: ${why}`)
      ts.forEachChild(node, walk)
    }
    walk(source)
  }
  return problems
}

interface Names {
  /** Types of answers, by the names that they have here. */
  types: ReadonlySet<string>
  /** Type parameters of functions: what is cast to one is whatever its caller says. */
  generic: ReadonlySet<string>
  /** What calls have answered. */
  answered: ReadonlySet<string>
}

function namesOf(source: ts.SourceFile, isApi: boolean): Names {
  const [types, generic, answered] = [new Set(['Answer', 'Paged']), new Set<string>(), new Set<string>()]
  const aliases: (ts.TypeAliasDeclaration | ts.InterfaceDeclaration)[] = []
  const walk = (node: ts.Node): void => {
    if (
      ts.isImportDeclaration(node) &&
      /\/api(?:\.ts)?$|\/answers\//.test(node.moduleSpecifier.getText().slice(1, -1))
    ) {
      const { namedBindings } = node.importClause ?? {}
      if (namedBindings && ts.isNamedImports(namedBindings))
        for (const { name } of namedBindings.elements) types.add(name.text)
      if (namedBindings && ts.isNamespaceImport(namedBindings)) types.add(namedBindings.name.text)
    }
    if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) aliases.push(node)
    if (ts.isTypeParameterDeclaration(node)) generic.add(node.name.text)
    if (ts.isVariableDeclaration(node) && node.initializer && isAsked(node.initializer))
      for (const name of bound(node.name)) answered.add(name)
    ts.forEachChild(node, walk)
  }
  walk(source)
  for (let before = -1; before !== types.size; ) {
    before = types.size
    for (const one of aliases) if (!isApi && mentions(one, types)) types.add(one.name.text)
  }
  return { types, generic, answered }
}

const isAsked = (node: ts.Expression): boolean => {
  if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) return isAsked(node.expression)
  return ts.isCallExpression(node) && asks.test(node.expression.getText())
}

/** What of an answer is given a name: all of it, its data, or what stands in that. */
function* bound(name: ts.BindingName): Generator<string> {
  if (ts.isIdentifier(name)) yield name.text
  else for (const element of name.elements) if (ts.isBindingElement(element)) yield* bound(element.name)
}

/** Does a type speak of one of these as a whole? A single field of one (`Campaign['season']`) is a word that a list offers. */
function mentions(node: ts.Node, names: ReadonlySet<string>): boolean {
  if (ts.isIndexedAccessTypeNode(node)) return false
  if (ts.isTypeReferenceNode(node) && names.has(node.typeName.getText().split('.')[0] ?? '')) return true
  return ts.forEachChild(node, (child) => mentions(child, names) || undefined) ?? false
}

const typeTextOf = (node: ts.Node): string | undefined =>
  ts.isAsExpression(node) || ts.isTypeAssertionExpression(node) ? node.type.getText() : undefined

function wrongWith(node: ts.Node, names: Names, isApi: boolean): string | undefined {
  if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) return wrongCast(node, names)
  if (ts.isTypePredicateNode(node) && node.type && mentions(node.type, names.types)) return 'an answer is not cast'
  if (ts.isCallExpression(node)) {
    const called = node.expression.getText()
    if (!isApi && /\.json$/.test(called)) return 'src/call.ts alone fetches'
    const typed = node.typeArguments?.map((one) => one.getText()).join(', ')
    if (typed && asks.test(called) && !/^(?:C|Answer<C>)$/.test(typed))
      return 'a call has its type from the table of answers'
    if (typed && /\.(?:get|set|fetch|ensure|prefetch)Quer(?:y|ies)(?:Data)?$/.test(called))
      return 'a call has its type from the table of answers'
  }
  if (
    ts.isVariableDeclaration(node) &&
    node.type &&
    node.initializer &&
    /\bJSON\.parse\(/.test(node.initializer.getText())
  )
    if (mentions(node.type, names.types)) return 'an answer is not cast'
  const isFetch = ts.isIdentifier(node) && /^(?:fetch|XMLHttpRequest)$/.test(node.text)
  return isFetch && !isApi ? 'src/call.ts alone fetches' : undefined
}

function wrongCast(
  { expression, type }: ts.AsExpression | ts.TypeAssertion,
  { types, generic, answered }: Names,
): string | undefined {
  const to = type.getText()
  if (to === 'const' || to === 'never' || to === 'uPlot.AlignedData') return undefined
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression
  // Through `unknown` anything becomes anything.
  if (ts.isAsExpression(inner)) return 'an answer is not cast'
  if (mentions(type, types) || mentions(type, generic) || isAsked(inner)) return 'an answer is not cast'
  return to !== 'unknown' && answered.has(rootOf(inner)) && /[{[<]|^[A-Z]\w*$/.test(to)
    ? 'an answer is not cast'
    : undefined
}
/** The name at which `data.items[0]` begins. */
function rootOf(node: ts.Expression): string {
  if (
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isParenthesizedExpression(node)
  )
    return rootOf(node.expression)
  if (ts.isBinaryExpression(node)) return rootOf(node.left)
  return ts.isIdentifier(node) ? node.text : ''
}
