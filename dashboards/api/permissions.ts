import type { Role } from './accounts/accountNames.ts'

/** Over what one may do it: what is one's own (an engineer's own jobs, an owner's own appliances), or everything. */
export type Scope = 'own' | 'all'

/** Whose work it is; the administrator stands in the last column, and who may only look in the one before. */
export const workRoles = [
  'owner',
  'engineer',
  'dispatcher',
  'care',
  'callback',
  'supervisor',
  'reliability',
  'quality',
  'fleet',
  'viewer',
  'admin',
] as const satisfies readonly Role[]
type WorkRole = (typeof workRoles)[number]

type Cell = Scope | undefined
/** One cell for each role, in the order of `workRoles`. */
type Row<S extends readonly unknown[] = typeof workRoles> = { readonly [I in keyof S]: Cell }
const X = undefined
const O = 'own'
const A = 'all'

// biome-ignore format: a table, one line an action, one column a role
const table = {
//                          owner engin dispa care  callb super relia quali fleet viewe admin
  'accounts.see':           [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'accounts.change':        [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'alerts.see':             [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'alerts.handle':          [X,   X,    A,    A,    X,    A,    A,    X,    X,    X,    A],
  'appliances.list':        [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'appliances.see':         [X,   O,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'appliances.register':    [X,   X,    X,    A,    X,    A,    X,    X,    A,    X,    A],
  'appliances.retire':      [X,   X,    X,    X,    X,    A,    X,    X,    A,    X,    A],
  'appliances.transfer':    [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'appliances.credentials': [X,   X,    X,    X,    X,    A,    X,    X,    A,    X,    A],
  'audit.see':              [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'backups.take':           [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'catalog.see':            [A,   A,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'channels.see':           [X,   X,    X,    X,    X,    A,    X,    X,    A,    X,    A],
  'channels.change':        [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'commands.see':           [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'commands.send':          [X,   X,    A,    X,    X,    A,    A,    X,    A,    X,    A],
  'contracts.sell':         [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'dispatch.see':           [X,   X,    A,    A,    A,    A,    X,    X,    X,    A,    A],
  'engineers.see':          [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'engineers.record':       [X,   O,    A,    X,    X,    A,    X,    X,    X,    A,    A],
  'engineers.pay':          [X,   O,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'engineers.pay.correct':  [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'engineers.bind':         [X,   X,    A,    A,    X,    A,    X,    X,    X,    X,    A],
  'engineers.change':       [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'engineers.judge':        [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'fleet.see':              [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'inbox.see':              [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'inbox.read':             [X,   X,    A,    A,    A,    A,    A,    A,    A,    X,    A],
  'ingest.see':             [X,   X,    X,    X,    X,    A,    A,    A,    A,    A,    A],
  'ingest.repair':          [X,   X,    X,    X,    X,    X,    X,    X,    A,    X,    A],
  'intake.write':           [X,   X,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'knowledge.see':          [X,   A,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'knowledge.write':        [X,   A,    A,    A,    A,    A,    A,    A,    X,    X,    A],
  'knowledge.publish':      [X,   X,    X,    X,    X,    A,    X,    A,    X,    X,    A],
  'maintenance.change':     [X,   X,    A,    X,    X,    A,    A,    X,    A,    X,    A],
  'members.see':            [X,   X,    X,    A,    A,    A,    X,    A,    X,    A,    A],
  'members.moderate':       [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'members.ask':            [X,   X,    X,    X,    X,    A,    X,    A,    X,    X,    A],
  'metrics.read':           [X,   X,    X,    X,    X,    X,    A,    X,    A,    A,    A],
  'models.change':          [X,   X,    X,    X,    X,    X,    A,    X,    X,    X,    A],
  'my.home':                [O,   X,    X,    X,    X,    X,    X,    X,    X,    X,    X],
  'my.work':                [X,   O,    X,    X,    X,    X,    X,    X,    X,    X,    X],
  'network.see':            [X,   A,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'network.change':         [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'onCall.see':             [X,   X,    A,    A,    A,    A,    A,    X,    A,    X,    A],
  'onCall.change':          [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'organisations.see':      [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'organisations.change':   [X,   X,    X,    X,    X,    X,    X,    X,    X,    X,    A],
  'ownerLinks.see':         [X,   X,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'ownerLinks.renew':       [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'owners.contact':         [X,   O,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'outreach.see':           [X,   X,    A,    A,    A,    A,    X,    A,    X,    A,    A],
  'outreach.change':        [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'parts.see':              [X,   A,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'policy.see':             [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'policy.whatIf':          [X,   X,    X,    X,    X,    A,    X,    A,    X,    X,    A],
  'policy.change':          [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'privacy.see':            [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'privacy.change':         [X,   X,    X,    A,    X,    A,    X,    X,    X,    X,    A],
  'privacy.erase':          [X,   X,    X,    X,    X,    A,    X,    X,    X,    X,    A],
  'projects.record':        [X,   X,    A,    X,    X,    A,    X,    X,    X,    X,    A],
  'quality.see':            [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'rules.see':              [X,   X,    A,    X,    X,    A,    A,    A,    A,    A,    A],
  'rules.change':           [X,   X,    X,    X,    X,    X,    A,    X,    X,    X,    A],
  'settings.see':           [X,   X,    X,    X,    X,    A,    X,    X,    A,    A,    A],
  'signals.see':            [X,   O,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'simulator.see':          [A,   A,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'simulator.run':          [X,   X,    A,    X,    X,    A,    A,    X,    A,    X,    A],
  'stock.see':              [X,   X,    A,    A,    X,    A,    A,    A,    A,    A,    A],
  'stock.change':           [X,   X,    A,    X,    X,    A,    X,    X,    A,    X,    A],
  'stream.follow':          [O,   O,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'tasks.see':              [X,   X,    A,    A,    A,    A,    X,    X,    X,    A,    A],
  'tasks.do':               [X,   X,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'tickets.list':           [X,   X,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'tickets.see':            [X,   O,    A,    A,    A,    A,    A,    A,    A,    A,    A],
  'tickets.agree':          [X,   X,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'tickets.callBack':       [X,   X,    X,    X,    A,    A,    X,    X,    X,    X,    A],
  'tickets.cancel':         [X,   X,    A,    A,    X,    A,    X,    X,    X,    X,    A],
  'tickets.close':          [X,   O,    A,    X,    X,    A,    X,    X,    X,    X,    A],
  'tickets.grab':           [X,   O,    A,    X,    X,    A,    X,    X,    X,    X,    A],
  'tickets.hold':           [X,   X,    A,    A,    X,    A,    X,    X,    X,    X,    A],
  'tickets.plan':           [X,   X,    A,    X,    X,    A,    X,    X,    X,    X,    A],
  'tickets.remote':         [X,   X,    A,    A,    X,    A,    X,    X,    X,    X,    A],
  'tickets.reopen':         [X,   X,    A,    A,    A,    A,    X,    X,    X,    X,    A],
  'tickets.visit':          [X,   O,    A,    X,    X,    A,    X,    X,    X,    X,    A],
} satisfies Record<string, Row>

export type Action = keyof typeof table
export const actions = Object.keys(table) as Action[]

/** What accounts of before the roles of work may: the desk was all three of its work places at once. */
const worksAs = (role: Role): readonly WorkRole[] => (role === 'desk' ? ['dispatcher', 'care', 'callback'] : [role])

const columns = new Map(workRoles.map((role, i) => [role, i]))

/** How far somebody with these roles may do it; undefined: not at all. The widest of their roles counts. */
export function scopeOf(roles: readonly Role[], action: Action): Scope | undefined {
  const cells: readonly Cell[] = table[action]
  const scopes = roles.flatMap(worksAs).map((role) => cells[columns.get(role) ?? -1])
  return scopes.find((scope) => scope === 'all') ?? scopes.find((scope) => scope === 'own')
}

/** All that somebody may, as pages are told. */
export const permissionsOf = (roles: readonly Role[]): Partial<Record<Action, Scope>> =>
  Object.fromEntries(
    actions.flatMap((action) => {
      const scope = scopeOf(roles, action)
      return scope ? [[action, scope]] : []
    }),
  )

/** Who could do it, for who is refused. */
export const rolesThatMay = (action: Action): WorkRole[] => workRoles.filter((role) => scopeOf([role], action))
