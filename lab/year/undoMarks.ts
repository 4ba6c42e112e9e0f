import type { ApiClient } from '../../simulator/index.ts'

/** A desk that learns nothing of its visits: what they marked as normal is taken back. */
export async function undoMarks(api: ApiClient): Promise<void> {
  const { items } = await api.call<{ items: { id: string; undone?: object }[] }>('GET', '/api/marks')
  for (const { id, undone } of items) if (!undone) await api.call('POST', `/api/marks/${id}/undo`, {})
}
