import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import { ApiError, call } from './api.ts'
import { Waiting } from './parts/Page.tsx'
import { Shell } from './parts/Shell.tsx'

const page = (load: () => Promise<{ default: ComponentType }>) => {
  const Page = lazy(load)
  return () => (
    <Suspense fallback={<Waiting />}>
      <Page />
    </Suspense>
  )
}

const rootRoute = createRootRoute({ component: Outlet })

/** Pages of people who signed in. */
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await call<{ account: { name: string } | null }>('/api/session').catch((error: unknown) => {
      // Offline: show the page with what it says itself.
      if (error instanceof ApiError && error.status === 0) return { account: { name: '' } }
      throw error
    })
    if (!session.account) throw redirect({ to: '/sign-in', search: { to: location.href } as never })
  },
})

const route = <P extends string>(path: P, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({ getParentRoute: () => inside, path, component: page(load) })

const routeTree = rootRoute.addChildren([
  inside.addChildren([
    route('/', () => import('./pages/Fleet.tsx')),
    route('/appliances/$id', () => import('./pages/Appliance.tsx')),
    route('/alerts', () => import('./pages/Alerts.tsx')),
    route('/tickets', () => import('./pages/Tickets.tsx')),
    route('/tickets/$id', () => import('./pages/Ticket.tsx')),
    route('/dispatch', () => import('./pages/Dispatch.tsx')),
    route('/trends', () => import('./pages/Trends.tsx')),
    route('/scoreboard', () => import('./pages/ScoreboardPage.tsx')),
    route('/data', () => import('./pages/Data.tsx')),
    route('/simulator', () => import('./pages/Simulator.tsx')),
    route('/connect', () => import('./pages/Connect.tsx')),
    route('/people', () => import('./pages/People.tsx')),
    route('/parts', () => import('./pages/Parts.tsx')),
    route('/inbox', () => import('./pages/Inbox.tsx')),
    route('/care', () => import('./pages/Care.tsx')),
    route('/quality', () => import('./pages/Quality.tsx')),
    route('/file', () => import('./pages/ServiceFile.tsx')),
    route('/policy', () => import('./pages/Policy.tsx')),
    route('/settings', () => import('./pages/Settings.tsx')),
  ]),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    component: page(() => import('./pages/SignIn.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/t/$secret',
    component: page(() => import('./pages/Owner.tsx')),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/o/$secret',
    component: page(() => import('./pages/MyAppliance.tsx')),
  }),
])

export const router = createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
