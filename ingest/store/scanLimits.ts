import { Problem } from '../../core/index.ts'

/* What a look at many appliances is refused with, by every store. */

export const tooLarge = (count: number, most: number): Problem =>
  new Problem({
    code: 'scan-too-large',
    message: `It would have to look at ${count} readings one by one; ${most} are allowed.`,
    remedy: 'Choose a narrower limit, a smaller scope, or fewer days.',
    status: 422,
  })
export const tooLong = (): Problem =>
  new Problem({
    code: 'scan-too-long',
    message: 'It took longer than a look at many appliances may.',
    remedy: 'Choose a narrower limit, a smaller scope, or fewer days.',
    status: 422,
  })
