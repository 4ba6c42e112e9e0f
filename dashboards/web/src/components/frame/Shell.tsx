import {
  ActionIcon,
  AppShell,
  Badge,
  Button,
  Group,
  Kbd,
  NavLink,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import {
  IconDots,
  IconLanguage,
  IconMoonStars,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { call, queries, type SimulatorView, useCall } from '../../api.ts'
import { useClock, worldClock } from '../../live.ts'
import { speak, useWords } from '../../words/index.ts'
import { languageAmong, languages, nameOfLanguage } from '../../words/language.ts'
import { shortTime } from '../format.tsx'
import { exactTime } from '../plainText.ts'
import { Allowed } from '../useMay.tsx'
import { AccountButton } from './AccountButton.tsx'
import { MoreButton } from './MoreButton.tsx'
import type { NavPage } from './navigation.ts'
import { useKeptDeeds } from './useKeptDeeds.ts'
import { useLate } from './useLate.tsx'
import { useMyPages } from './useMyPages.ts'
import { usePalette } from './usePalette.tsx'

const accountMenu = () => import('./AccountMenu.tsx')
const pagesMenu = () => import('./MoreMenu.tsx')

/** The one frame of all pages: navigation, the clock, the palette. */
export function Shell() {
  const { t } = useWords()
  const phone = useMediaQuery('(max-width: 48em)')
  const { main, rest, phone: onPhone, more } = useMyPages()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const { palette, open } = usePalette()
  useKeptDeeds()
  const moreMenu = useLate(pagesMenu)
  const isHere = (to: string) => (to === '/' ? path === '/' || path.startsWith('/appliances') : path.startsWith(to))
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 168, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: phone ? 56 : 0 }}
      padding="lg"
    >
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <AppShell.Header>
        <Header find={open} />
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('nav.main')} style={{ overflowY: 'auto' }}>
        {main.map((page) => (
          <PageLink key={page.to} page={page} isHere={isHere(page.to)} />
        ))}
        {rest.length > 0 && (
          <NavLink
            label={t('nav.more')}
            leftSection={<IconDots size={18} aria-hidden />}
            defaultOpened={rest.some(({ to }) => isHere(to))}
            childrenOffset={0}
            py={7}
          >
            {rest.map((page) => (
              <PageLink key={page.to} page={page} isHere={isHere(page.to)} />
            ))}
          </NavLink>
        )}
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Outlet />
      </AppShell.Main>
      {phone && (
        <AppShell.Footer>
          <Group component="nav" grow h="100%" gap={0} aria-label={t('nav.main')}>
            {onPhone.map(({ to, key, icon: Icon }) => (
              <UnstyledButton key={to} component={Link} to={to} ta="center" c={isHere(to) ? 'hearth' : undefined}>
                <Icon size={20} aria-hidden style={{ display: 'block', margin: '0 auto' }} />
                <Text size="xs">{t(`nav.${key}`)}</Text>
              </UnstyledButton>
            ))}
            {more.length > 0 && moreMenu({ pages: more }, (ask) => <MoreButton {...ask} />)}
          </Group>
        </AppShell.Footer>
      )}
      {palette}
    </AppShell>
  )
}

function PageLink({ page: { to, key, icon: Icon }, isHere }: { page: NavPage; isHere: boolean }) {
  const { t } = useWords()
  return (
    <NavLink
      component={Link}
      to={to}
      label={t(`nav.${key}`)}
      leftSection={<Icon size={18} aria-hidden />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      py={7}
    />
  )
}

function Header({ find }: { find: () => void }) {
  const { t, lang } = useWords()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <Text component={Link} to="/" fw={700} style={{ textDecoration: 'none' }}>
          {t('app.name')}
        </Text>
        <WorldClock />
      </Group>
      <Group gap="xs" wrap="nowrap">
        <Button
          visibleFrom="sm"
          variant="default"
          size="xs"
          leftSection={<IconSearch size={14} aria-hidden />}
          rightSection={<Kbd size="xs">Ctrl K</Kbd>}
          onClick={find}
        >
          {t('nav.search')}
        </Button>
        <ActionIcon hiddenFrom="sm" variant="default" aria-label={t('nav.search')} onClick={find}>
          <IconSearch size={16} />
        </ActionIcon>
        <ActionIcon component="label" variant="default" className="language">
          <IconLanguage size={16} aria-hidden />
          <select
            aria-label={t('common.language')}
            value={lang}
            onChange={({ currentTarget }) => void speak(languageAmong(currentTarget.value))}
          >
            {languages.map((one) => (
              <option key={one} value={one} lang={one}>
                {nameOfLanguage(one)}
              </option>
            ))}
          </select>
        </ActionIcon>
        <ActionIcon
          variant="default"
          aria-label={t('common.colors')}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          {scheme === 'dark' ? <IconSun size={16} /> : <IconMoonStars size={16} />}
        </ActionIcon>
        <WhoIAm />
      </Group>
    </Group>
  )
}

/** Who is signed in, in which role, and the way out. */
function WhoIAm() {
  const { data: session } = useCall('GET /api/session', {})
  const menu = useLate(accountMenu)
  return session?.account ? menu({ session }, (ask) => <AccountButton session={session} {...ask} />) : null
}

/** When time is not the machine's, the header says so, with its speed and a pause. */
function WorldClock() {
  const { t, lang } = useWords()
  const simulated = useClock((clock) => clock.simulated)
  const phone = useMediaQuery('(max-width: 48em)')
  const time = useClock((clock) => (phone ? shortTime : exactTime)(clock.now, lang))
  const { data } = useCall('GET /api/simulator', {}, 2_000)
  useEffect(() => {
    if (data?.appliances) worldClock.set({ now: Math.max(data.now, worldClock.current.now), speed: speedOf(data) })
  }, [data])
  if (!data?.appliances) {
    return simulated ? <Badge variant="default">{time}</Badge> : null
  }
  const pause = async () => {
    await call('PATCH /api/simulator', {}, { paused: !data.paused }).catch(() => {})
    await queries.invalidateQueries({ queryKey: ['/api/simulator'] })
  }
  const pace = data.paused
    ? t('common.paused')
    : data.lapse || data.speed >= 1_000_000
      ? t('common.asFastAsItCan')
      : t('common.speed', { speed: data.speed })
  return (
    <Group gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
      <Badge variant="default" title={t('common.simulatedClock')} style={{ minWidth: 0 }}>
        {time}
        <Text span inherit visibleFrom="xs">
          {' '}
          · {pace}
        </Text>
      </Badge>
      <Allowed to="simulator.run">
        <ActionIcon
          size="sm"
          variant="subtle"
          aria-label={data.paused ? t('common.resume') : t('common.pause')}
          onClick={() => void pause()}
        >
          {data.paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        </ActionIcon>
      </Allowed>
    </Group>
  )
}

/** The time-lapse has no speed of its own: as fast as it can. */
const speedOf = ({ lapse, speed }: SimulatorView): number => (lapse ? Number.POSITIVE_INFINITY : speed)
