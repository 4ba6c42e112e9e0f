import type { Text } from '../../core/index.ts'
import type { Policy } from './policySchema.ts'

/** What an item of a card, a guide or a job type is called; undefined where the policy has none of this id. Pure. */
export function policyName(
  { checklists, jobTypes, guides }: Pick<Policy, 'checklists' | 'jobTypes' | 'guides'>,
  id: string,
): Text | undefined {
  const cards = [...Object.values(checklists), ...jobTypes.map(({ checklist }) => checklist)]
  return (
    cards.flat().find(({ code }) => code === id)?.text ??
    guides.find((guide) => guide.id === id)?.title ??
    jobTypes.find((job) => job.id === id)?.text
  )
}
