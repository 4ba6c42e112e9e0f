import { useNavigate, useSearch } from '@tanstack/react-router'

/** What a list is narrowed to, kept in the address so that it can be shared. */
export function useFilters<K extends string>(): [
  Partial<Record<K, string>>,
  (change: Partial<Record<K, string | null | undefined>>) => void,
] {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const texts = Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]))
  const change = (next: Partial<Record<string, string | null | undefined>>): void => {
    const merged = Object.entries({ ...texts, ...next })
      .filter(([, value]) => value)
      // What reads as a number is one: the address would put it in quotation marks otherwise.
      .map(([key, value]) => [key, String(Number(value)) === value ? Number(value) : value])
    void navigate({ to: '.', search: Object.fromEntries(merged) as never, replace: true, resetScroll: false })
  }
  return [texts as Partial<Record<K, string>>, change]
}
