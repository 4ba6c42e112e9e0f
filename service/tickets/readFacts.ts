import { type Appliance, DAY, HOUR, type Slot, ticketCan, type UnitOfWork } from '../../core/index.ts'
import { boundEngineer } from '../crew/engineerRecord.ts'
import type { Means } from '../dispatch/means.ts'
import { planKit } from '../dispatch/plan.ts'
import type { Policy } from '../policy/policySchema.ts'
import { ownerTold } from '../registry/ownerTold.ts'
import { chooseTest } from '../testing/chooseTest.ts'
import { checkFor } from '../testing/ownerCheck.ts'
import { comingOn, meansAmong, readMeans, type Wanted } from './readMeans.ts'
import type { Ticket } from './ticket.ts'
import type { Facts, Opening, TicketCommand } from './ticketCommand.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** Who could go must be known. */
const plans: ReadonlySet<TicketCommand['type']> = new Set([
  'joinAlert',
  'grow',
  'plan',
  'rank',
  'freshSlot',
  'takeOff',
  'placeInDay',
  'assign',
  'take',
  'partsCame',
  'waitForParts',
  'tested',
  'checked',
  'offer',
])

/** It is prepared anew. */
const preparing: ReadonlySet<TicketCommand['type']> = new Set(['joinAlert', 'grow', 'tested', 'checked', 'offer'])

/** What a command needs to know, read in its transaction; `means` where that is known already. */
export async function readFacts(
  tx: UnitOfWork,
  options: TicketServiceOptions,
  ticket: Ticket,
  command: TicketCommand,
  by: string,
  means?: Means,
): Promise<Facts> {
  const appliance = options.appliance(ticket.appliance)
  const known = bare(options, appliance, by)
  // A time that an owner chooses must be one that somebody has.
  if (command.type === 'accept' && command.slot && by === 'owner')
    return { ...known, means: await readMeans(tx, options, { parts: [], around: [command.slot] }) }
  if (!plans.has(command.type) && !(command.type === 'deadline' && command.name === 'parts')) return known
  const facts = { ...known, means: means ?? (await readMeans(tx, options, wanted(options, ticket, command))) }
  // It is prepared anew: the owner's own engineer may be another, and other parts are foreseen.
  if (!preparing.has(command.type)) return facts
  const bound = await boundEngineer(tx, appliance)
  const coming = appliance.homeId ? await comingOn(tx, 'open', options.clock.now()) : []
  const booked = bookedAmong(options, appliance, coming, ticket.id)
  return { ...facts, bound, booked, questions: await afterTest(tx, options, ticket, command, facts) }
}

/** A test that could not, or left it open, has been: what its owner is asked before a visit is offered, once. */
async function afterTest(
  tx: UnitOfWork,
  options: TicketServiceOptions,
  { state, alerts, clocks, remote, finding, policy }: Ticket,
  { type }: TicketCommand,
  facts: Facts,
): Promise<readonly string[] | undefined> {
  const { weighed, hypotheses } = finding
  // One that found nothing wrong has told: what stands two days later is offered.
  const isOver = remote.test?.endedAt !== undefined && !clocks.some(({ name }) => name === 'evidence')
  if (type !== 'offer' || state !== 'new' || !isOver || remote.check || !weighed) return undefined
  const [alert] = await options.alerts.byIds(tx, alerts.slice(0, 1))
  if (!alert) return undefined
  const known = { ...alert, confidence: weighed.real, hypotheses: [...hypotheses] }
  return questionsOf(options, facts.appliance, { alert: known, weighed }, facts, options.policies.rulesOf({ policy }))
}

/** What a new ticket needs to know. */
export async function readFirstFacts(
  tx: UnitOfWork,
  options: TicketServiceOptions,
  appliance: Appliance,
  opening: Pick<Opening, 'alert' | 'weighed'> & { made: Pick<Opening['made'], 'id' | 'hypotheses'> },
  rules: Policy,
  by: string,
): Promise<Facts> {
  const parts = kitOf(options, appliance.kind, opening.made.hypotheses, rules)
  const isOffered = opening.alert !== undefined
  const coming = await comingOn(tx, 'open', options.clock.now())
  const known = bare(options, appliance, by)
  const test = await chooseTest(tx, options, appliance, opening, rules)
  return {
    ...known,
    bound: await boundEngineer(tx, appliance),
    means: await meansAmong(tx, options, parts, coming),
    ...(isOffered ? { booked: bookedAmong(options, appliance, coming, opening.made.id) } : {}),
    test,
    questions: test ? undefined : questionsOf(options, appliance, opening, known, rules),
  }
}

/** What its owner is asked first, where there is a way to ask them. */
function questionsOf(
  { catalog }: TicketServiceOptions,
  { kind, owner }: Appliance,
  { alert, weighed }: Pick<Opening, 'alert' | 'weighed'>,
  { isReachable }: Facts,
  rules: Policy,
): readonly string[] | undefined {
  const known = catalog.kinds.get(kind)
  return known && owner && isReachable && alert && weighed ? checkFor(known, alert, weighed, rules) : undefined
}

const bare = (options: TicketServiceOptions, appliance: Appliance, by: string): Facts => ({
  at: options.clock.now(),
  by,
  appliance,
  catalog: options.catalog,
  render: options.render,
  isReachable: !appliance.owner || options.reaches(ownerTold(appliance.owner, appliance, options.policy)),
  // Where nobody is told nobody is waited for.
  hearsBack: options.hearsBack && appliance.owner !== undefined,
})

/**
 * Visits that are booked at this home soon, of another appliance or for another job: a finding may join one, and one way
 * is saved (S35).
 */
function bookedAmong(
  { clock, policy, appliance: applianceOf }: TicketServiceOptions,
  { id, homeId }: Appliance,
  coming: readonly Ticket[],
  itself: string,
): Slot[] {
  const now = clock.now()
  const isHere = (appliance: string): boolean =>
    appliance === id || (homeId !== undefined && applianceOf(appliance).homeId === homeId)
  const soon = coming.flatMap(({ id: ticket, appliance, state, plan: { slot } }) => {
    const isSoon = slot && slot.from > now + HOUR && slot.from <= now + policy.mergeWithinDays * DAY
    return isSoon && ticketCan(state, 'choose') && ticket !== itself && isHere(appliance) ? [slot] : []
  })
  return soon.toSorted((a, b) => a.from - b.from).slice(0, 1)
}

const kitOf = (
  { catalog }: TicketServiceOptions,
  kind: string,
  hypotheses: Ticket['finding']['hypotheses'],
  rules: Policy,
): string[] => planKit(catalog, kind, hypotheses, rules).map(({ part }) => part)

function wanted(options: TicketServiceOptions, ticket: Ticket, command: TicketCommand): Wanted {
  const { kind, plan, finding } = ticket
  const slot = plan.slot ?? plan.offeredSlots[0]
  // A time that has passed becomes another one, of any day.
  const around = slot === undefined || slot.from < options.clock.now() ? 'open' : [slot]
  if (command.type === 'waitForParts') return { parts: command.parts.map(({ part }) => part), around }
  const kit = plan.kit.map(({ part }) => part)
  if (command.type === 'tested' || command.type === 'checked') {
    const foreseen = kitOf(options, kind, command.after?.hypotheses ?? [], options.policies.rulesOf(ticket))
    return { parts: [...kit, ...foreseen], around }
  }
  if (command.type !== 'joinAlert' && command.type !== 'grow') return { parts: kit, around }
  const rules = options.policies.rulesOf(ticket)
  const foreseen = [finding.hypotheses, command.alert.hypotheses].flatMap((one) => kitOf(options, kind, one, rules))
  return { parts: [...kit, ...foreseen], around }
}
