import ts from 'typescript-5'
import { ticketStates } from '../../core/index.ts'
import { isMigration, isTest, lineOf } from '../ownSource.ts'

/** Where states are listed: the table, and what it is made of. */
const itsOwn = new Set(['core/tickets/ticketCan.ts', 'core/tickets/ticket.ts'])
/** What is said of some of them is language. */
const isWords = (file: string): boolean => /^(?:dashboards\/web\/src\/)?words\//.test(file)
const known: ReadonlySet<string> = new Set(ticketStates)
const one = ticketStates.join('|')
/** Most files name no two states, and need not be parsed. */
const named = new RegExp(`\\b(?:${one})\\b|\\bticketStates`, 'g')
const speaksOf = (text: string): boolean => {
  const found: string[] = text.match(named) ?? []
  return found.length > 1 || found.includes('ticketStates')
}
/** Several in one text: a filter of a call, a list to be split, a pattern, SQL. */
const inText = new RegExp(
  `(?:^|[=(:^'"\`\\s])['"]?(?:${one})(?:['"]?\\s*[,|;]\\s*['"]?(?:${one})\\b)+['"]?(?=$|[)$'"\`&\\s])`,
)

/**
 * Which states of a ticket allow something, or mean something, is said in core/tickets/ticketCan.ts; whoever wants to know
 * asks there. Found are lists, sets, tables, types, texts, comparisons and cases that name two or more of them to one end.
 * @returns one line for each finding
 */
export function stateLists(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = []
  for (const [file, text] of files) {
    if (isTest(file) || itsOwn.has(file) || isWords(file) || !speaksOf(text)) continue
    const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind)
    const consts = constsOf(source)
    const walk = (node: ts.Node): void => {
      if (isList(node, consts)) {
        const at = node.getStart(source)
        if (!isMigration(text, at))
          problems.push(`${file}:${lineOf(text, at)} a list of ticket states: ask core/tickets/ticketCan.ts`)
        return
      }
      ts.forEachChild(node, walk)
    }
    walk(source)
  }
  return problems
}

type Consts = ReadonlyMap<string, string>

/** States that have a name in this file. */
function constsOf(source: ts.SourceFile): Consts {
  const found = new Map<string, string>()
  const walk = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const state = stateOf(node.initializer, new Map())
      if (state) found.set(node.name.text, state)
    }
    ts.forEachChild(node, walk)
  }
  walk(source)
  return found
}

/** What a value is, whatever it is said to be. */
function bare(node: ts.Node): ts.Node {
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  )
    return bare(node.expression)
  return node
}

/** The state that a value is, or a type. */
function stateOf(given: ts.Node, consts: Consts): string | undefined {
  const node = ts.isLiteralTypeNode(given) ? given.literal : bare(given)
  if (ts.isStringLiteralLike(node)) return known.has(node.text) ? node.text : undefined
  return ts.isIdentifier(node) ? consts.get(node.text) : undefined
}
const states = (nodes: readonly ts.Node[], consts: Consts): number =>
  new Set(nodes.flatMap((node) => stateOf(node, consts) ?? [])).size

function isList(node: ts.Node, consts: Consts): boolean {
  if (ts.isArrayLiteralExpression(node)) return isArray(node, consts)
  if (ts.isObjectLiteralExpression(node)) return isTable(node)
  if (ts.isUnionTypeNode(node)) return isAll(node.types, consts)
  if (ts.isSwitchStatement(node)) return isSwitch(node, consts)
  if (ts.isBinaryExpression(node)) return isComparison(node, consts)
  if (ts.isConditionalExpression(node)) return isChoice(node, consts)
  if (ts.isCallExpression(node)) return isCall(node, consts)
  if (ts.isElementAccessExpression(node)) return node.expression.getText() === 'ticketStates'
  if (ts.isRegularExpressionLiteral(node) || ts.isStringLiteralLike(node))
    return inText.test(node.text.replace(/^\/|\/\w*$/g, ''))
  if (ts.isTemplateExpression(node)) return inText.test(node.getText())
  return false
}

/** All of two or more. Other words of ours, of alerts or commands, share some names with them, and never all. */
const isAll = (nodes: readonly ts.Node[], consts: Consts): boolean =>
  nodes.length > 1 && nodes.every((node) => stateOf(node, consts)) && states(nodes, consts) > 1

/** A list; what the table says, and one more; conditions of a query. */
function isArray({ elements }: ts.ArrayLiteralExpression, consts: Consts): boolean {
  const [spread, others] = [elements.filter(ts.isSpreadElement), elements.filter((node) => !ts.isSpreadElement(node))]
  const said = others.filter((node) => stateOf(node, consts))
  if (spread.length > 0 && said.length > 0) return true
  if (spread.length === 0 && isAll(elements, consts)) return true
  const asked = elements.map(bare).filter(ts.isCallExpression)
  return (
    asked.length > 1 &&
    states(
      asked.flatMap((call) => call.arguments.slice(-1)),
      consts,
    ) > 1
  )
}

/** A table of some of them, and not one that says something of each. */
function isTable({ properties }: ts.ObjectLiteralExpression): boolean {
  const keys = properties.map(({ name }) =>
    name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : '',
  )
  return keys.length > 1 && keys.length < known.size && keys.every((key) => known.has(key))
}

/** Two of them that lead to the same. */
function isSwitch({ caseBlock }: ts.SwitchStatement, consts: Consts): boolean {
  const bodies = new Map<string, number>()
  let [waiting, fell] = [0, false]
  for (const clause of caseBlock.clauses) {
    if (ts.isCaseClause(clause) && stateOf(clause.expression, consts)) waiting++
    if (clause.statements.length === 0) continue
    const body = clause.statements.map((statement) => statement.getText()).join('\n')
    const count = (bodies.get(body) ?? 0) + waiting
    if (count > 1) return true
    bodies.set(body, count)
    const last = clause.statements.at(-1)
    fell = last !== undefined && !endsHere(last)
    if (!fell) waiting = 0
  }
  return false
}
const endsHere = (node: ts.Node): boolean =>
  ts.isBlock(node)
    ? node.statements.some(endsHere)
    : ts.isReturnStatement(node) ||
      ts.isBreakStatement(node) ||
      ts.isThrowStatement(node) ||
      ts.isContinueStatement(node)

/** One thing compared with two of them, in whatever order and among whatever else. */
function isComparison(node: ts.BinaryExpression, consts: Consts): boolean {
  if (!isLogical(node)) return false
  return isTwice(comparisons(node, consts))
}
const isLogical = ({ operatorToken: { kind } }: ts.BinaryExpression): boolean =>
  kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.AmpersandAmpersandToken
const equals = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
])
type Compared = [what: string, state: string]
function comparisons(given: ts.Node, consts: Consts): Compared[] {
  const node = bare(given)
  if (ts.isPrefixUnaryExpression(node)) return comparisons(node.operand, consts)
  if (!ts.isBinaryExpression(node)) return []
  if (isLogical(node)) return [...comparisons(node.left, consts), ...comparisons(node.right, consts)]
  if (!equals.has(node.operatorToken.kind)) return []
  for (const [what, state] of [
    [node.left, stateOf(node.right, consts)],
    [node.right, stateOf(node.left, consts)],
  ] as const)
    if (state) return [[bare(what).getText().replaceAll('?', ''), state]]
  return []
}
function isTwice(compared: readonly Compared[]): boolean {
  const of = new Map<string, Set<string>>()
  for (const [what, state] of compared) of.set(what, (of.get(what) ?? new Set()).add(state))
  return [...of.values()].some(({ size }) => size > 1)
}

/** `a ? x : b ? x : y`: two of them with the same answer. */
function isChoice(node: ts.ConditionalExpression, consts: Consts): boolean {
  const ends = new Map<string, Compared[]>()
  for (let at: ts.Node = node; ts.isConditionalExpression(at); at = bare(at.whenFalse)) {
    const end = at.whenTrue.getText()
    ends.set(end, [...(ends.get(end) ?? []), ...comparisons(at.condition, consts)])
  }
  return [...ends.values()].some(isTwice)
}

/** Given one by one; by their places in the list of all; added one after the other. */
function isCall(node: ts.CallExpression, consts: Consts): boolean {
  const { expression } = node
  if (!ts.isPropertyAccessExpression(expression)) return false
  if (expression.expression.getText() === 'ticketStates')
    return /^(?:slice|splice|indexOf|at|filter)$/.test(expression.name.text)
  const added: ts.Node[] = []
  let at: ts.Node = node
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    if (/^(?:add|set|or|concat|orWhere)$/.test(at.expression.name.text)) added.push(...at.arguments)
    at = at.expression.expression
  }
  return states(added, consts) > 1
}
