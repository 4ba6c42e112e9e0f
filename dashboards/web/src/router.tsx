import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import { ApiError, call, queries } from './api.ts'
import { homeOf } from './components/frame/navigation.ts'
import { Shell } from './components/frame/Shell.tsx'
import { NoSuchPage, PageFailed, Waiting } from './components/Page.tsx'

const page = (load: () => Promise<{ default: ComponentType }>) => {
  const Page = lazy(load)
  const Shown = () => (
    <Suspense fallback={<Waiting />}>
      <Page />
    </Suspense>
  )
  return Object.assign(Shown, { load })
}

/** Asked at each step; what stands on the page takes it from there. */
const whoIsHere = () =>
  queries.fetchQuery({
    queryKey: ['/api/session'],
    queryFn: () => call('GET /api/session', {}),
    staleTime: 0,
    retry: false,
  })

const rootRoute = createRootRoute({ component: Outlet })

/** Pages of people who signed in. */
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await whoIsHere().catch((error: unknown) => {
      // Offline: show the page with what it says itself.
      if (error instanceof ApiError && error.status === 0) return undefined
      throw error
    })
    if (!session) return
    if (!session.account) throw redirect({ to: '/sign-in', search: { to: location.href } as never })
    // The first page is for those who see the fleet; whoever does not, begins where their work is.
    if (location.pathname === '/' && !session.may['fleet.see']) throw redirect({ to: homeOf(session) })
  },
})

const route = <P extends string>(path: P, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({ getParentRoute: () => inside, path, component: page(load) })

const routeTree = rootRoute.addChildren([
  inside.addChildren([
    route('/', () => import('./features/fleet/Fleet.tsx')),
    route('/appliances/$id', () => import('./features/appliance/Appliance.tsx')),
    route('/my', () => import('./features/my/MyDay.tsx')),
    route('/alerts', () => import('./features/alert/Alerts.tsx')),
    route('/tickets', () => import('./features/ticket/Tickets.tsx')),
    route('/tickets/$id', () => import('./features/ticket/Ticket.tsx')),
    route('/dispatch', () => import('./features/dispatch/Dispatch.tsx')),
    route('/trends', () => import('./features/quality/Trends.tsx')),
    route('/scoreboard', () => import('./features/scoreboard/ScoreboardPage.tsx')),
    route('/outreach', () => import('./features/outreach/Outreach.tsx')),
    route('/rules', () => import('./features/rules/Rules.tsx')),
    route('/data', () => import('./features/system/Data.tsx')),
    route('/simulator', () => import('./features/simulator/Simulator.tsx')),
    route('/connect', () => import('./features/connect/Connect.tsx')),
    route('/mapping', () => import('./features/mapping/Mapping.tsx')),
    route('/people', () => import('./features/people/People.tsx')),
    route('/parts', () => import('./features/parts/Parts.tsx')),
    route('/inbox', () => import('./features/desk/Inbox.tsx')),
    route('/care', () => import('./features/desk/Care.tsx')),
    route('/on-call', () => import('./features/onCall/OnCall.tsx')),
    route('/quality', () => import('./features/quality/Quality.tsx')),
    route('/file', () => import('./features/desk/ServiceFile.tsx')),
    route('/knowledge', () => import('./features/knowledge/Knowledge.tsx')),
    route('/network', () => import('./features/network/Network.tsx')),
    route('/members', () => import('./features/members/Members.tsx')),
    route('/policy', () => import('./features/desk/Policy.tsx')),
    route('/audit', () => import('./features/access/Audit.tsx')),
    route('/limits', () => import('./features/access/Limits.tsx')),
    route('/home', () => import('./features/owner/OwnHomes.tsx')),
    route('/settings', () => import('./features/system/Settings.tsx')),
  ]),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    component: page(() => import('./features/system/SignIn.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/claim',
    component: page(() => import('./features/connect/Claim.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/p/$secret',
    component: page(() => import('./features/owner/MyData.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/h/$secret',
    component: page(() => import('./features/owner/Home.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/r/$secret',
    component: page(() => import('./features/owner/Shared.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/o/$secret',
    component: page(() => import('./features/owner/MyAppliance.tsx')),
  }),
])

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  // Inside of the shell: whoever is offline keeps the way back.
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NoSuchPage,
})

/** Loads what a page is made of before it is known who looks. */
export function loadPage(path: string): void {
  for (const { options } of router.getMatchedRoutes(path)[0]) {
    const { component } = options
    if (component && 'load' in component && typeof component.load === 'function') void component.load()
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
