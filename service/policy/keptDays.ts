import { z } from 'zod'

const days = z.number().int().min(7).max(36_500)

/** How many days what grows old is kept. */
export const keptDaysSchema = z.object({
  /** Messages that left. */
  sentMessages: days,
  /** What stands in inboxes, with its receipts. */
  notices: days,
  /** Of visits. */
  photos: days,
  // Rows of a policy from before these two have none of them.
  audit: days.default(1_825),
  /** Messages of appliances that were refused. */
  quarantine: days.default(365),
})
