import {
  type AlertRecords,
  type Announcer,
  type Appliance,
  type Clock,
  DAY,
  type Database,
  isInService,
  type Millis,
  type Notice,
  notFound,
  Problem,
  personOf,
  pseudonymOf,
  regionOf,
  type Tables,
  type Text,
  type UnitOfWork,
} from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { calmFrom } from '../calendar/quietHours.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { Policies } from '../policy/openPolicies.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import { agrees, type Purpose } from '../privacy/consents.ts'
import { ownerTold } from '../registry/ownerTold.ts'
import { type Campaign, type CampaignMove, type CampaignState, nextCampaignState } from './campaign.ts'
import { type CampaignFigures, campaignFigures } from './campaignFigures.ts'
import { campaignBody } from './campaignTable.ts'
import { type Addressee, decideSend, seasonFor } from './decideSend.ts'

const MOST_CAMPAIGNS = 200

export interface CampaignView {
  id: string
  state: CampaignState
  by: string
  changedAt: Millis
  campaign: Campaign
  figures: CampaignFigures
}
/** What its own data shows, by appliance: of a campaign with a tip. */
export type Shown = ReadonlyMap<string, { own: number; usual: number }>
/** Whom it would reach if it ran now. */
export interface CampaignPreview {
  appliances: number
  told: number
  control: number
  noConsent: number
  cap: number
  example?: { appliance: string; body: Text }
}

/** Messages to many: to whom, when, how often, and what came of them beside those who got none. */
export interface CampaignBook {
  list(): Promise<CampaignView[]>
  /** @throws Problem `not-found` */
  get(id: string): Promise<CampaignView>
  /** @throws Problem `campaign-runs`, `too-many-campaigns` */
  write(id: string, campaign: Campaign, by: string): Promise<CampaignView>
  /** @throws Problem `campaign-moves` */
  move(id: string, move: CampaignMove, by: string): Promise<CampaignView>
  preview(id: string, shown: Shown): Promise<CampaignPreview>
  running(): Promise<{ id: string; campaign: Campaign }[]>
  /** Appliances that somebody owns, in service. */
  appliances(): string[]
  /**
   * Tells those of these who belong to it, agree, and have heard little; each once a season. Who agreed is asked in this
   * transaction: a consent that was withdrawn a moment ago stops the rest. @returns how many were told
   */
  send(tx: UnitOfWork, id: string, appliances: readonly string[], shown: Shown): Promise<number>
}

interface CampaignOptions {
  database: Database
  clock: Clock
  policies: Policies
  announcer: Announcer
  alerts: Pick<AlertRecords, 'opened'>
  appliances: () => readonly Appliance[]
  appliance: (id: string) => Appliance
  health: (appliance: string) => number | undefined
}

export const openCampaigns = (options: CampaignOptions): CampaignBook => new KeptCampaigns(options)

/** The campaigns in their tables. */
class KeptCampaigns implements CampaignBook {
  readonly #options: CampaignOptions
  constructor(options: CampaignOptions) {
    this.#options = options
  }

  async #views(only?: string): Promise<CampaignView[]> {
    const { database, alerts } = this.#options
    let wanted = database.query.selectFrom('campaign').selectAll().orderBy('changedAt', 'desc').orderBy('id')
    if (only !== undefined) wanted = wanted.where('id', '=', only)
    const views: CampaignView[] = []
    const rows = await wanted.execute()
    const read = ({ body, state, ...row }: (typeof rows)[number]) => ({
      ...row,
      state: state as CampaignState,
      campaign: campaignBody.read(body, row.id),
    })
    const known = only === undefined ? readable(rows, read) : rows.map(read)
    for (const one of known) views.push({ ...one, figures: await campaignFigures(database, alerts, one.id) })
    return views
  }
  list(): Promise<CampaignView[]> {
    return this.#views()
  }
  async get(id: string): Promise<CampaignView> {
    const [view] = await this.#views(id)
    if (!view) throw notFound('campaign', id)
    return view
  }

  async write(id: string, campaign: Campaign, by: string): Promise<CampaignView> {
    const { database, clock } = this.#options
    await database.transaction(async (tx) => {
      const known = await tx.selectFrom('campaign').select('state').where('id', '=', id).executeTakeFirst()
      if (known && known.state !== 'draft' && known.state !== 'paused')
        throw refused(
          'campaign-runs',
          id,
          `It is ${known.state}.`,
          'Pause it before you change it; one that has ended stays as it was.',
        )
      if (!known) await leaveRoom(tx)
      const row = { by, changedAt: clock.now(), body: JSON.stringify(campaign) }
      await tx
        .insertInto('campaign')
        .values({ id, state: 'draft', ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
    })
    return this.get(id)
  }
  async move(id: string, move: CampaignMove, by: string): Promise<CampaignView> {
    const { database, clock } = this.#options
    const { state: before } = await this.get(id)
    const state = nextCampaignState[before][move]
    if (state === before)
      throw refused('campaign-moves', id, `It is ${before}: that cannot be done to it.`, 'Look how it stands.')
    const { numUpdatedRows } = await database.transaction((tx) =>
      tx
        .updateTable('campaign')
        .set({ state, by, changedAt: clock.now() })
        .where('id', '=', id)
        .where('state', '=', before)
        .executeTakeFirstOrThrow(),
    )
    if (Number(numUpdatedRows) === 0)
      throw refused('campaign-moves', id, 'Somebody else has just changed it.', 'Look how it stands.')
    return this.get(id)
  }
  async running(): Promise<{ id: string; campaign: Campaign }[]> {
    const rows = await this.#options.database.query
      .selectFrom('campaign')
      .select(['id', 'body'])
      .where('state', '=', 'running')
      .orderBy('id')
      .execute()
    return readable(rows, ({ id, body }) => ({ id, campaign: campaignBody.read(body, id) }))
  }
  appliances(): string[] {
    return this.#options.appliances().flatMap((one) => (isInService(one) && one.owner ? [one.id] : []))
  }

  async preview(id: string, shown: Shown): Promise<CampaignPreview> {
    const { database, appliance, clock } = this.#options
    const { campaign } = await this.get(id)
    const counts = { told: 0, control: 0, 'no-consent': 0, cap: 0 }
    let example: CampaignPreview['example']
    let appliances = 0
    await database.transaction(async (tx) => {
      for (const one of this.appliances()) {
        const addressee = this.#addressee(appliance(one), shown)
        if (seasonFor(campaign, addressee, clock.now()) === undefined) continue
        appliances++
        const decided = decideSend(id, campaign, addressee, await this.#person(tx, one, campaign), this.#caps())
        if (decided.do === 'leave') counts[decided.because]++
        else {
          counts.told++
          example ??= { appliance: one, body: decided.body }
        }
      }
    })
    const { told, control, cap } = counts
    return { appliances, told, control, noConsent: counts['no-consent'], cap, ...(example ? { example } : {}) }
  }

  async send(tx: UnitOfWork, id: string, appliances: readonly string[], shown: Shown): Promise<number> {
    const { appliance, clock } = this.#options
    const row = await tx.selectFrom('campaign').selectAll().where('id', '=', id).executeTakeFirst()
    if (row?.state !== 'running') return 0
    const campaign = campaignBody.read(row.body, id)
    let told = 0
    for (const one of appliances) {
      const to = appliance(one)
      if (!isInService(to) || !to.owner) continue
      const addressee = this.#addressee(to, shown)
      const season = seasonFor(campaign, addressee, clock.now())
      if (season === undefined) continue
      const person = await this.#person(tx, one, campaign)
      const decided = decideSend(id, campaign, addressee, person, this.#caps())
      if (decided.do === 'leave' && decided.because !== 'control') continue
      const isNew = await note(tx, {
        campaign: id,
        appliance: one,
        season,
        person: pseudonymOf(person.person),
        purpose: campaign.purpose,
        at: clock.now(),
        control: decided.do === 'leave' ? 1 : 0,
      })
      if (!isNew || decided.do === 'leave') continue
      await this.#tell(tx, to, campaign, decided, noticeKey(id, one, season))
      told++
    }
    return told
  }

  async #tell(
    tx: UnitOfWork,
    appliance: Appliance,
    { ways, name }: Campaign,
    { title, body }: { title: Text; body: Text },
    key: string,
  ): Promise<void> {
    const { announcer, clock, policies } = this.#options
    const { owner } = appliance
    if (!owner) return
    const { policy: rules } = policies.now(scopesOf(appliance, policies.live))
    const at = clock.now()
    const pushFrom = calmFrom(at, zoneOf(appliance, rules), rules.acting.quietHours)
    const notice: Notice = {
      key,
      to: ownerTold(owner, appliance, rules),
      title,
      body,
      at,
      appliance: appliance.id,
      template: { name: 'campaign', params: { what: name } },
      ...(pushFrom > at ? { pushFrom } : {}),
      ...(ways.length > 0 ? { ways } : {}),
    }
    await announcer.announce(tx, notice)
  }

  #addressee(one: Appliance, shown: Shown): Addressee {
    const { location, owner } = one
    return {
      appliance: one.id,
      kind: one.kind,
      model: one.model,
      region: location ? regionOf(location) : '',
      customer: owner?.segment ?? 'standard',
      installedAt: one.installedAt,
      health: this.#options.health(one.id),
      zone: zoneOf(one, this.#options.policies.live),
      isSouth: (location?.lat ?? 0) < 0,
      shown: shown.get(one.id),
    }
  }
  #caps(): { mostPerOwner: number } {
    return { mostPerOwner: this.#options.policies.live.outreach.mostPerOwner }
  }
  async #person(tx: UnitOfWork, appliance: string, { purpose }: Campaign) {
    const { clock, policies } = this.#options
    const person = personOf(appliance, this.#options.appliance(appliance).owner)
    const since = clock.now() - policies.live.outreach.withinDays * DAY
    const row = await tx
      .selectFrom('campaignSend')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('person', '=', pseudonymOf(person))
      .where('at', '>', since)
      .where('control', '=', 0)
      .executeTakeFirstOrThrow()
    return { person, agrees: await agrees(tx, person, purpose as Purpose), sentLately: Number(row.count) }
  }
}

/** By which an owner's notice of a campaign is found. */
export const noticeKey = (campaign: string, appliance: string, season: string): string =>
  `campaign/${campaign}/${appliance}/${season.replaceAll(' ', '-')}`

async function note(tx: UnitOfWork, row: Tables['campaignSend']): Promise<boolean> {
  const written = await tx
    .insertInto('campaignSend')
    .values(row)
    .onConflict((conflict) => conflict.columns(['campaign', 'appliance', 'season']).doNothing())
    .returning('at')
    .execute()
  return written.length > 0
}

async function leaveRoom(tx: UnitOfWork): Promise<void> {
  const row = await tx
    .selectFrom('campaign')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('state', '!=', 'ended')
    .executeTakeFirstOrThrow()
  if (Number(row.count) >= MOST_CAMPAIGNS)
    throw refused('too-many-campaigns', '', `There are ${MOST_CAMPAIGNS} campaigns.`, 'End some first.')
}

const refused = (code: string, concerns: string, message: string, remedy: string): Problem =>
  new Problem({ code, concerns, message, remedy, status: 409 })
