import type { AlertState } from '../core/index.ts'

export type AlertEvent = 'suspect' | 'confirm' | 'acknowledge' | 'recover' | 'close'

/** Every state answers every event; the same state means: nothing changes but what is known of it. */
export const nextAlertState: Record<AlertState, Record<AlertEvent, AlertState>> = {
  pending: { suspect: 'pending', confirm: 'open', acknowledge: 'pending', recover: 'closed', close: 'closed' },
  open: { suspect: 'open', confirm: 'open', acknowledge: 'acknowledged', recover: 'cleared', close: 'closed' },
  acknowledged: {
    suspect: 'acknowledged',
    confirm: 'acknowledged',
    acknowledge: 'acknowledged',
    recover: 'cleared',
    close: 'closed',
  },
  cleared: { suspect: 'cleared', confirm: 'open', acknowledge: 'cleared', recover: 'cleared', close: 'closed' },
  closed: { suspect: 'closed', confirm: 'closed', acknowledge: 'closed', recover: 'closed', close: 'closed' },
}

/** Does it stand, for the rule of at most one for each appliance and failure mode? */
export const isStanding = (state: AlertState): boolean => state === 'open' || state === 'acknowledged'
