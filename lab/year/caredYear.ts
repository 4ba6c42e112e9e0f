// A year in which owners are reminded and told: what the desk starts, how owners take it, and what came of it.
import { HOUR, type Millis } from '../../core/index.ts'
import { type ApiClient, CareOwners, type CareOwnersOptions, MemberOwners } from '../../simulator/index.ts'
import type { YearService } from './yearService.ts'

/** Reminders, campaigns, letters: looked at so often. */
const EVERY_HOURS = 6
/** Templates that a supervisor starts as they are. */
const STARTED = ['summer', 'energy', 'safety-test', 'birthday', 'new-year']
/** A larger control group than templates have, so that it can be seen what they do. */
const CONTROL = 0.4

/** Of a year of 1,000 appliances. */
const MOST_DUE = 100_000

interface Group {
  appliances: number
  booked: number
  faults: number
  complaints: number
}
/** What came of care, counted by the product, and as it truly was. */
export interface CaredYear {
  reminders: number
  guides: number
  campaigns: { id: string; told: Group; control: Group }[]
  letters: number
  followed: number
  /** Of those, which took something off that was there. */
  helped: number
  tried: number
  booked: number
  withdrawn: number
  surveyed: number
  /** Net promoter score, −100 to 100; NaN where nobody answered. */
  nps: number
  redeemed: number
}

export async function openCaredYear(
  desk: Pick<YearService, 'api' | 'care'>,
  options: Omit<CareOwnersOptions, 'api'>,
): Promise<{
  act(now: Millis): Promise<void>
  figures(helped: number): Promise<CaredYear>
}> {
  const { api, care } = desk
  await startCampaigns(api)
  const owners = new CareOwners({ ...options, api })
  const members = new MemberOwners(options.seed, api, (appliance, now) => owners.expectsFilter(appliance, now))
  await owners.consent()
  return {
    async act(now) {
      if ((now / HOUR) % EVERY_HOURS === 0) {
        await care.round()
        await members.act(now)
      }
      await owners.act(now, (now / HOUR) % EVERY_HOURS === 0 ? await care.takeLetters() : [])
    },
    async figures(helped) {
      const { items: due } = await care.care.list(MOST_DUE)
      const { items: campaigns } = await api.call<{
        items: { id: string; figures: { told: Group; control: Group } }[]
      }>('GET', '/api/campaigns')
      const { nps } = await api.call<{ nps: { nps: number } | null }>('GET', '/api/nps')
      const { letters, followed, tried, booked, withdrawn } = owners.truth
      const { surveyed, redeemed } = members.truth
      return {
        ...{ letters, followed, helped, tried, booked, withdrawn, surveyed, redeemed },
        reminders: due.filter(({ what }) => what === 'reminded').length,
        guides: due.filter(({ what }) => what === 'guide').length,
        campaigns: campaigns
          .map(({ id, figures }) => ({ id, ...figures }))
          .toSorted((a, b) => STARTED.indexOf(a.id) - STARTED.indexOf(b.id)),
        nps: nps?.nps ?? Number.NaN,
      }
    },
  }
}

async function startCampaigns(api: ApiClient): Promise<void> {
  const { items } = await api.call<{ items: { id: string; campaign: object }[] }>('GET', '/api/campaigns/templates')
  for (const { id, campaign } of items) {
    if (!STARTED.includes(id)) continue
    await api.call('PUT', `/api/campaigns/${id}`, { ...campaign, controlShare: CONTROL })
    await api.call('POST', `/api/campaigns/${id}/start`, {})
  }
}

/** One table of letters and what came of them, and one of the campaigns beside those of their people who were told nothing. */
export function careTables(years: readonly CaredYear[]): string {
  if (years.length === 0) return ''
  const sum = (of: (year: CaredYear) => number): number => years.reduce((total, year) => total + of(year), 0)
  const surveyed = sum((year) => year.surveyed)
  const nps = sum((year) => (Number.isNaN(year.nps) ? 0 : year.nps * year.surveyed)) / surveyed
  const counts: [string, number | string][] = [
    ['reminders and guides that use and the calendar made due', sum(({ reminders, guides }) => reminders + guides)],
    ['letters that came to owners, campaigns with them', sum(({ letters }) => letters)],
    ['something was cleaned, or a new filter put in', sum(({ followed }) => followed)],
    ['… where something had gathered that a fault was of', sum(({ helped }) => helped)],
    ['air conditioners that were tried out before the summer', sum(({ tried }) => tried)],
    ['owners who reported or booked for it', sum(({ booked }) => booked)],
    ['consents that were taken back', sum(({ withdrawn }) => withdrawn)],
    ['surveys that were answered', surveyed],
    ['net promoter score', Number.isNaN(nps) ? '–' : nps.toFixed(0)],
    ['rewards that were had for points', sum(({ redeemed }) => redeemed)],
  ]
  const ids = [...new Set(years.flatMap(({ campaigns }) => campaigns.map(({ id }) => id)))]
  const rows = ids.flatMap((id) =>
    (['told', 'control'] as const).map((who) => {
      const of = (what: keyof Group): number =>
        sum(({ campaigns }) => campaigns.find((one) => one.id === id)?.[who][what] ?? 0)
      const all = of('appliances')
      const shown = (what: keyof Group): string => {
        const count = of(what)
        return all === 0 ? '–' : `${count} (${((100 * count) / all).toFixed(0)} %)`
      }
      return `| ${id} | ${who} | ${all} | ${shown('booked')} | ${shown('faults')} | ${shown('complaints')} |`
    }),
  )
  return [
    '| letters, and what owners did | |',
    '| --- | --- |',
    ...counts.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| campaign | group | appliances | reported or booked | alerts opened | complaints |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
