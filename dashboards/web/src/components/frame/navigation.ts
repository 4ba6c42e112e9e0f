import {
  IconBell,
  IconBellRinging,
  IconBook,
  IconBox,
  IconCertificate,
  IconChartBar,
  IconDatabase,
  IconGauge,
  IconGavel,
  IconHeartHandshake,
  IconHome,
  IconHomeHeart,
  IconInbox,
  IconListCheck,
  IconMapPins,
  IconPhoneCall,
  IconPlugConnected,
  IconRoute,
  IconRuler2,
  IconSettings,
  IconSpeakerphone,
  IconTarget,
  IconTestPipe,
  IconTicket,
  IconTool,
  IconTopologyStar,
  IconUsers,
} from '@tabler/icons-react'
import type { Role } from '../../../../api/accounts/accountNames.ts'
import type { Action } from '../../../../api/permissions.ts'
import type { SessionView } from '../../api.ts'

/** Every page, and what it takes to see it; without `needs` it is anybody's who signed in. */
const pages = [
  { to: '/my', key: 'my', icon: IconTool, needs: 'my.work' },
  { to: '/home', key: 'home', icon: IconHome, needs: 'my.home' },
  { to: '/', key: 'fleet', icon: IconHomeHeart, needs: 'fleet.see' },
  { to: '/alerts', key: 'alerts', icon: IconBell, needs: 'alerts.see' },
  { to: '/tickets', key: 'tickets', icon: IconTicket, needs: 'tickets.list' },
  { to: '/dispatch', key: 'dispatch', icon: IconRoute, needs: 'dispatch.see' },
  { to: '/care', key: 'care', icon: IconPhoneCall, needs: 'tasks.see' },
  { to: '/outreach', key: 'outreach', icon: IconSpeakerphone, needs: 'outreach.see' },
  { to: '/on-call', key: 'onCall', icon: IconBellRinging, needs: 'onCall.see' },
  { to: '/trends', key: 'trends', icon: IconChartBar, needs: 'quality.see' },
  { to: '/quality', key: 'quality', icon: IconCertificate, needs: 'quality.see' },
  { to: '/rules', key: 'rules', icon: IconRuler2, needs: 'rules.see' },
  { to: '/scoreboard', key: 'scoreboard', icon: IconTarget, needs: 'fleet.see' },
  { to: '/data', key: 'data', icon: IconDatabase, needs: 'ingest.see' },
  { to: '/simulator', key: 'simulator', icon: IconTestPipe, needs: 'fleet.see' },
  { to: '/connect', key: 'connect', icon: IconPlugConnected, needs: 'appliances.register' },
  { to: '/mapping', key: 'mapping', icon: IconTopologyStar, needs: 'ingest.see' },
  { to: '/people', key: 'people', icon: IconUsers, needs: 'engineers.see' },
  { to: '/parts', key: 'parts', icon: IconBox, needs: 'stock.see' },
  { to: '/inbox', key: 'inbox', icon: IconInbox, needs: 'inbox.see' },
  { to: '/network', key: 'network', icon: IconMapPins, needs: 'network.see' },
  { to: '/members', key: 'members', icon: IconHeartHandshake, needs: 'members.see' },
  { to: '/knowledge', key: 'knowledge', icon: IconBook, needs: 'knowledge.see' },
  { to: '/policy', key: 'policy', icon: IconGavel, needs: 'policy.see' },
  { to: '/limits', key: 'limits', icon: IconGauge, needs: 'ingest.see' },
  { to: '/audit', key: 'audit', icon: IconListCheck, needs: 'audit.see' },
  { to: '/settings', key: 'settings', icon: IconSettings, needs: undefined },
] as const satisfies readonly { to: string; key: string; icon: unknown; needs: Action | undefined }[]
export type NavPage = (typeof pages)[number]
type Page = NavPage

/** What each role works with all day: its own pages come first, and the first of them is where it begins. */
const first: Record<Role, readonly Page['key'][]> = {
  owner: ['home', 'settings'],
  engineer: ['my', 'settings'],
  dispatcher: ['dispatch', 'tickets', 'people', 'parts', 'inbox', 'alerts'],
  care: ['care', 'tickets', 'inbox', 'alerts'],
  callback: ['care', 'tickets', 'inbox', 'people'],
  supervisor: ['care', 'tickets', 'people', 'quality', 'dispatch', 'policy'],
  reliability: ['alerts', 'rules', 'scoreboard', 'trends', 'fleet', 'tickets'],
  quality: ['trends', 'quality', 'scoreboard', 'fleet', 'tickets'],
  fleet: ['fleet', 'data', 'connect', 'alerts', 'limits'],
  admin: ['fleet', 'alerts', 'tickets', 'trends', 'data', 'settings'],
  desk: ['fleet', 'alerts', 'tickets', 'care', 'dispatch', 'inbox'],
  viewer: ['fleet', 'alerts', 'tickets', 'trends', 'scoreboard'],
}
const ON_PHONE = 4
/** What stands in sight; everything else that somebody may see is behind “More”, and found by the palette. */
const IN_SIGHT = 6

/**
 * The pages of who signed in, in the order of their work: those of their roles in sight, six at most, the first four in a
 * phone's bar; the rest behind “More”.
 */
export function pagesOf({ account, may }: Pick<SessionView, 'account' | 'may'>): {
  all: Page[]
  main: Page[]
  rest: Page[]
  phone: Page[]
  more: Page[]
} {
  const seen = pages.filter(
    ({ needs }) =>
      needs === undefined || may[needs] === 'all' || ((needs === 'my.work' || needs === 'my.home') && may[needs]),
  )
  const wanted = (account?.roles ?? []).flatMap((role) => first[role])
  const mine = [...new Set(wanted)].flatMap((key) => seen.find((page) => page.key === key) ?? [])
  const others = seen.filter((page) => !mine.includes(page))
  const all = [...mine, ...others]
  // One page alone needs no drawer.
  const isFew = all.length <= IN_SIGHT + 1
  const main = isFew ? all : mine.slice(0, IN_SIGHT)
  return {
    all,
    main,
    rest: all.filter((page) => !main.includes(page)),
    phone: all.slice(0, ON_PHONE),
    more: all.slice(ON_PHONE),
  }
}

/** Where somebody's day begins. */
export const homeOf = (session: SessionView): Page['to'] => pagesOf(session).all[0]?.to ?? '/settings'
