import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { useNames } from '../names.ts'
import { useMyPages } from './useMyPages.ts'

type Found = Answer<'GET /api/search'>
interface Hit {
  id: string
  label: string
  description?: string
  to: string
}

export const openPalette = spotlight.open

/** Somebody types on: asked is when they pause. */
const PAUSE_MS = 150

/** `Ctrl/⌘ K`: any appliance, ticket, alert, person, failure mode or page; Enter opens the first, or the one that was chosen. */
export function Palette() {
  const { t } = useWords()
  const navigate = useNavigate()
  const groupsOf = useGroups()
  const [query, setQuery] = useState('')
  const text = query.trim()
  const [asked] = useDebouncedValue(text, PAUSE_MS)
  const { data, isPlaceholderData } = useCall('GET /api/search', asked ? { q: asked } : null)
  const isWaiting = text !== '' && (text !== asked || !data || isPlaceholderData)
  const groups = groupsOf(text, isWaiting || text === '' ? undefined : data)
  const first = groups[0]?.hits[0]
  /** Enter came before the answer did. */
  const awaited = useRef(false)
  const open = (to: string) => {
    awaited.current = false
    spotlight.close()
    void navigate({ href: to })
  }
  // When the answer is there
  useEffect(() => {
    if (awaited.current && !isWaiting && first) open(first.to)
  }, [isWaiting, first?.id])
  const pressed = ({ nativeEvent, currentTarget }: KeyboardEvent<HTMLInputElement>) => {
    awaited.current = false
    if (nativeEvent.code !== 'Enter' && nativeEvent.code !== 'NumpadEnter') return
    if (nativeEvent.isComposing) return
    // The list itself opens what was chosen in it.
    const chosen = currentTarget.closest('[role=dialog]')?.querySelector('[data-action][data-selected]')
    if (chosen && !isWaiting) return
    if (isWaiting) awaited.current = true
    else if (first) open(first.to)
  }
  return (
    <Spotlight
      actions={groups.map(({ name, hits }) => ({
        group: name,
        actions: hits.map(({ id, label, description, to }) => ({ id, label, description, onClick: () => open(to) })),
      }))}
      query={query}
      onQueryChange={setQuery}
      filter={(_query, all) => all}
      shortcut={['mod + K']}
      searchProps={{
        placeholder: t('nav.search'),
        leftSection: <IconSearch size={16} aria-hidden />,
        onKeyDown: pressed,
      }}
      nothingFound={isWaiting ? t('nav.searching') : t('nav.nothingFound')}
    />
  )
}

function useGroups() {
  const { t } = useWords()
  const names = useNames()
  const { all } = useMyPages()
  return (text: string, found: Found | undefined): { name: string; hits: Hit[] }[] => {
    const groups = [
      {
        name: t('nav.fleet'),
        hits: (found?.appliances ?? []).map(({ id, model, of }) => ({
          id: `a-${id}`,
          label: id,
          description: [model, of].filter(Boolean).join(' · '),
          to: `/appliances/${encodeURIComponent(id)}`,
        })),
      },
      {
        name: t('nav.tickets'),
        hits: (found?.tickets ?? []).map(({ id, number, appliance, state }) => ({
          id: `t-${id}`,
          label: number,
          description: `${appliance} · ${t(`ticketState.${state}`)}`,
          to: `/tickets/${encodeURIComponent(id)}`,
        })),
      },
      {
        name: t('nav.alerts'),
        hits: (found?.alerts ?? []).map(({ id, appliance, kind, failureMode }) => ({
          id: `al-${id}`,
          label: `${appliance}: ${names.mode(kind, failureMode)}`,
          to: `/alerts?id=${encodeURIComponent(id)}`,
        })),
      },
      {
        name: t('nav.people'),
        hits: (found?.people ?? []).map(({ id, name, grade }) => ({
          id: `p-${id}`,
          label: name,
          description: `${id} · ${grade}`,
          to: `/people?q=${encodeURIComponent(id)}`,
        })),
      },
      {
        name: t('common.failureMode'),
        hits: (found?.modes ?? []).map(({ kind, mode }) => ({
          id: `m-${kind}-${mode}`,
          label: names.mode(kind, mode),
          description: names.kind(kind),
          to: `/tickets?kind=${encodeURIComponent(kind)}&failureMode=${encodeURIComponent(mode)}`,
        })),
      },
      {
        name: t('nav.main'),
        hits: all
          .filter(({ key }) => t(`nav.${key}`).toLowerCase().includes(text.toLowerCase()))
          .map(({ to, key }) => ({ id: to, label: t(`nav.${key}`), to })),
      },
    ]
    return groups.filter(({ hits }) => hits.length > 0)
  }
}
