import {
  because,
  distanceKm,
  type Engineer,
  type EngineerId,
  type KitLine,
  type Location,
  type Reason,
  type Slot,
} from '../../core/index.ts'
import { gradeOnDay, grades } from '../crew/gradeOnDay.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'

export interface Job {
  location?: Location
  skill: string
  difficulty: number
  kit: readonly KitLine[]
  /** Parts that are reserved for it already, or on their way: whose van holds them has them. */
  kept?: readonly { place: string; part: string; quantity: number }[] | undefined
  failureMode?: string | undefined
  /** When it is to be done: whoever is off then, or whose papers lapse before, may not. */
  slot?: Slot | undefined
  /** The owner's own engineer. */
  bound?: EngineerId | undefined
  /** Who had it and did not contact the owner in time. */
  passedOver?: readonly EngineerId[] | undefined
}

/** An engineer at this moment. */
export interface EngineerNow extends Engineer {
  openJobs: number
  /** Star level, 1 to 5, and of how many ratings. */
  stars?: number
  ratings?: number
  /** The grade that was given, where `grade` is the one that holds now; and why they differ. */
  givenGrade?: Engineer['grade']
  gradeBecause?: Reason
  isolated?: string
  /** Of their outlet, 1 to 5, where they belong to one. */
  outletScore?: number
}

/** An engineer who was considered: with a rank and what speaks for them, or with what rules them out. */
export interface RankedCandidate {
  readonly engineer: EngineerId
  readonly rank?: number
  readonly reasons: readonly Reason[]
  readonly rejected?: Reason
}

/** What an engineer's day looks like with this job in it. */
export interface Detour {
  /** What the job adds to that day: travel and weighted lateness, minutes. */
  minutes: number
  /** Jobs of that day without it. */
  jobs: number
}

/** How an engineer suits a job, whatever else they do that day. */
export type Suits =
  | { refused: Reason }
  | {
      km: number
      /** What suits badly, in kilometres of the policy's weights: parts that the van lacks, far away. */
      extraKm: number
      missing: KitLine[]
    }

/** Whether somebody may do a job, and what suits badly. Pure; the one place that says who may. O(kit). */
export function suits(
  job: Job,
  engineer: EngineerNow,
  places: ReadonlyMap<string, SupplyPlace>,
  policy: Policy,
): Suits {
  const km = job.location ? distanceKm(engineer.location, job.location) : 0
  const refused = refuse(job, engineer, km, policy)
  if (refused) return { refused }
  const van = engineer.depot ? places.get(engineer.depot) : undefined
  const has = (part: string): number =>
    (van?.available.get(part) ?? 0) +
    (job.kept ?? []).reduce((sum, one) => sum + (one.part === part && one.place === van?.id ? one.quantity : 0), 0)
  const missing = job.kit.filter((line) => has(line.part) < line.quantity)
  const { weights } = policy
  const extraKm =
    (km > policy.preferredRadiusKm ? weights.beyondPreferredRadius : 0) +
    missing.reduce((sum, line) => sum + line.probability * weights.missingPart, 0) -
    (job.bound === engineer.id ? policy.boundBonusKm : 0) -
    ((engineer.outletScore ?? policy.stars.prior) - policy.stars.prior) * policy.network.outletStarKm
  return { km, extraKm, missing }
}

/**
 * Ranks engineers for one job by location, grade and skill, load and part stock; the best first, the rejected last,
 * each with the reason. Where the day is known the way is what the job adds to it; otherwise the distance, and what
 * is open. Deterministic: ties go by id. O(engineers × kit).
 */
export function rankCandidates(
  job: Job,
  engineers: readonly EngineerNow[],
  places: ReadonlyMap<string, SupplyPlace>,
  policy: Policy,
  detourOf?: (engineer: string) => Detour | undefined,
): RankedCandidate[] {
  const needed = gradeFor(job.difficulty, policy)
  const ranked: { candidate: RankedCandidate; cost: number }[] = []
  const rejected: RankedCandidate[] = []
  for (const engineer of engineers) {
    const how = suits(job, engineer, places, policy)
    if ('refused' in how) {
      rejected.push({
        engineer: engineer.id,
        reasons: [],
        rejected: how.refused,
      })
      continue
    }
    const { km, missing, extraKm } = how
    const { weights } = policy
    const detour = detourOf?.(engineer.id)
    const way = detour ? (detour.minutes / 60) * policy.travelKmPerHour : km + engineer.openJobs * weights.openJob
    const van = engineer.depot
    const parts = missing.map((line) => line.part)
    const reasons: Reason[] = [
      job.location ? because('km-away', { km: km.toFixed(1) }) : because('no-location'),
      ...(detour ? [because('adds-minutes', { minutes: Math.round(detour.minutes), jobs: detour.jobs })] : []),
      because('grade-enough', { has: engineer.grade, needs: needed }),
      ...(job.bound === engineer.id ? [because('own-engineer')] : []),
      because('skilled', { skill: job.skill }),
      because('open-jobs', { count: engineer.openJobs }),
      ...(engineer.outletScore === undefined
        ? []
        : [because('outlet-score', { score: engineer.outletScore.toFixed(2) })]),
      job.kit.length === 0
        ? because('no-part-foreseen')
        : missing.length === 0
          ? because('has-kit', { van: van ?? '' })
          : because('lacks-parts', { ...(van ? { van } : {}), parts }),
    ]
    ranked.push({
      candidate: { engineer: engineer.id, reasons },
      cost: way * weights.kilometre + extraKm,
    })
  }
  ranked.sort((a, b) => a.cost - b.cost || (a.candidate.engineer < b.candidate.engineer ? -1 : 1))
  rejected.sort((a, b) => (a.engineer < b.engineer ? -1 : 1))
  return [...ranked.map(({ candidate }, i) => ({ ...candidate, rank: i + 1 })), ...rejected]
}

const gradeFor = (difficulty: number, policy: Policy) => policy.gradeForDifficulty[String(difficulty) as '1'] ?? 'A+'

/** Why nobody, not even a person by hand, may give this job to them: isolated, in retraining, or below its grade (S26, S37, S51). */
export function forbidden(
  job: Pick<Job, 'difficulty' | 'slot' | 'failureMode'>,
  engineer: EngineerNow,
  policy: Policy,
): Reason | undefined {
  if (engineer.isolated) return because('isolated', { words: engineer.isolated })
  const retraining = engineer.retraining?.find(
    ({ failureMode, passedAt }) => failureMode === job.failureMode && passedAt === undefined,
  )
  if (retraining) return because('in-retraining', { mode: retraining.failureMode })
  const { slot } = job
  const grade = slot
    ? gradeOnDay({ ...engineer, grade: engineer.givenGrade ?? engineer.grade }, slot.from, policy.gradeRules).grade
    : engineer.grade
  const needed = gradeFor(job.difficulty, policy)
  if (grades.indexOf(grade) >= grades.indexOf(needed)) return undefined
  return because('grade-below', { has: grade, needs: needed, difficulty: job.difficulty })
}

function refuse(job: Job, engineer: EngineerNow, km: number, policy: Policy): Reason | undefined {
  const never = forbidden(job, engineer, policy)
  if (never) return never
  if (job.passedOver?.includes(engineer.id)) return because('no-contact-in-time')
  const { slot } = job
  const off = slot && engineer.daysOff?.some(({ from, to }) => from < slot.to && slot.from < to)
  if (off) return because('day-off')
  if (job.skill !== 'general' && !engineer.skills.includes(job.skill)) return because('no-skill', { skill: job.skill })
  if (km > policy.largestRadiusKm) return because('too-far', { km: km.toFixed(0), most: policy.largestRadiusKm })
  return undefined
}
