/** What may stand unanswered, each with a chain of its own. */
export const escalationCauses = ['critical-alert', 'missed-promise', 'overdue-task'] as const
export type EscalationCause = (typeof escalationCauses)[number]
