import { useLocalStorage } from '@mantine/hooks'
import type { SimulatedFault } from '../../api.ts'

type OwnFault = Pick<SimulatedFault, 'appliance' | 'onset'>

/** The fault that somebody at this browser made last: the tour follows it, and nobody else's. */
export const useOwnFault = () => useLocalStorage<OwnFault | null>({ key: 'tour-fault', defaultValue: null })
