import { useCall } from '../../api.ts'

/** An engineer's name by id; one who is not known keeps the id. */
export function useEngineerName(): (id: string) => string {
  const { data } = useCall('GET /api/engineers', { limit: 1000 })
  return (id) => data?.items.find((engineer) => engineer.id === id)?.name ?? id
}
