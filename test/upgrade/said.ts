/** What an upgrade must not change: as the API says it, in words that every release has. */
export interface Said {
  readings: { received: number; stored: number; duplicates: number }
  appliances: { id: string; kind: string; model: string; readings: number }[]
  engineers: string[]
  alerts: { id: string; appliance: string; failureMode: string; state: string; evidence: number }[]
  tickets: {
    number: string
    appliance: string
    source: string
    state: string
    verdict: string | null
    cents: number | null
    history: { at: number; from: string | null; to: string; why: string }[]
  }[]
}

type Get = <T>(path: string) => Promise<T>
interface Page<T> {
  items: T[]
  next?: string
}

export async function said(get: Get): Promise<Said> {
  async function all<T>(path: string): Promise<T[]> {
    const found: T[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await get<Page<T>>(
        `${path}${path.includes('?') ? '&' : '?'}limit=50${cursor ? `&cursor=${cursor}` : ''}`,
      )
      found.push(...page.items)
      if (!page.next) return found
      cursor = page.next
    }
  }
  const { readings } = await get<{ readings: Said['readings'] }>('/api/ingest')
  const appliances = await all<{ id: string; kind: string; model: string }>('/api/appliances')
  const counted: Said['appliances'] = []
  for (const { id, kind, model } of appliances) {
    const path = `/api/appliances/${id}/telemetry?from=0&to=${Date.UTC(2100, 0, 1)}&points=1000000&metrics=power`
    counted.push({ id, kind, model, readings: (await get<{ ts: number[] }>(path)).ts.length })
  }
  const engineers = (await all<{ id: string }>('/api/engineers')).map(({ id }) => id)
  const alerts = await all<{ id: string; appliance: string; failureMode: string; state: string; evidence: unknown[] }>(
    '/api/alerts',
  )
  const listed = await all<{ id: string }>('/api/tickets')
  const tickets: Said['tickets'] = []
  for (const { id } of listed) {
    const one = await get<Said['tickets'][number] & { closure?: { verdict?: string }; bill?: { totalCents: number } }>(
      `/api/tickets/${id}`,
    )
    const { number, appliance, source, state } = one
    const history = one.history.map(({ at, from, to, why }) => ({ at, from, to, why }))
    tickets.push({
      number,
      appliance,
      source,
      state,
      verdict: one.closure?.verdict ?? null,
      cents: one.bill?.totalCents ?? null,
      history,
    })
  }
  return {
    readings: { received: readings.received, stored: readings.stored, duplicates: readings.duplicates },
    appliances: counted.sort((a, b) => (a.id < b.id ? -1 : 1)),
    engineers: engineers.sort(),
    alerts: alerts
      .map(({ id, appliance, failureMode, state, evidence }) => ({
        id,
        appliance,
        failureMode,
        state,
        evidence: evidence.length,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    tickets: tickets.sort((a, b) => (a.number < b.number ? -1 : 1)),
  }
}
