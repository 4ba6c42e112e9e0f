import { type Candidate, distanceKm, type Engineer, type KitLine, type Location, type Slot } from '../../core/index.ts'
import { gradeOnDay, grades } from '../crew/gradeOnDay.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'

export interface Job {
  location?: Location
  skill: string
  difficulty: number
  kit: KitLine[]
  /** Parts that are reserved for it already, or on their way: whose van holds them has them. */
  kept?: { place: string; part: string; quantity: number }[] | undefined
  failureMode?: string | undefined
  /** When it is to be done: whoever is off then, or whose papers lapse before, may not. */
  slot?: Slot | undefined
  /** The owner's own engineer. */
  bound?: string | undefined
  /** Who had it and did not contact the owner in time. */
  passedOver?: string[] | undefined
}

/** An engineer at this moment. */
export interface EngineerNow extends Engineer {
  openJobs: number
  /** Star level, 1 to 5, and of how many ratings. */
  stars?: number
  ratings?: number
  /** The grade that was given, where `grade` is the one that holds now; and why they differ. */
  givenGrade?: Engineer['grade']
  gradeBecause?: { en: string; zh: string }
  isolated?: string
}

/** Why somebody was chosen or not, in both languages; `reasons` of the contract are the English ones. */
export interface ExplainedCandidate extends Candidate {
  reasonsZh: string[]
  rejectedBecauseZh?: string
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
  | { refused: { en: string; zh: string } }
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
    (job.bound === engineer.id ? policy.boundBonusKm : 0)
  return { km, extraKm, missing }
}

/**
 * Ranks engineers for one job by location, grade and skill, load and part stock; the best first, the rejected last,
 * each with the reason. Where the day is known the way is what the job adds to it; otherwise the distance, and what
 * is open. Deterministic: ties go by id. O(engineers × kit).
 */
export function rankCandidates(
  job: Job,
  engineers: EngineerNow[],
  places: ReadonlyMap<string, SupplyPlace>,
  policy: Policy,
  detourOf?: (engineer: string) => Detour | undefined,
): ExplainedCandidate[] {
  const needed = gradeFor(job.difficulty, policy)
  const ranked: { candidate: ExplainedCandidate; cost: number }[] = []
  const rejected: ExplainedCandidate[] = []
  for (const engineer of engineers) {
    const how = suits(job, engineer, places, policy)
    if ('refused' in how) {
      rejected.push({
        engineer: engineer.id,
        reasons: [],
        reasonsZh: [],
        rejectedBecause: how.refused.en,
        rejectedBecauseZh: how.refused.zh,
      })
      continue
    }
    const { km, missing, extraKm } = how
    const { weights } = policy
    const detour = detourOf?.(engineer.id)
    const way = detour ? (detour.minutes / 60) * policy.travelKmPerHour : km + engineer.openJobs * weights.openJob
    const van = engineer.depot
    const reasons: [string, string][] = [
      ...(job.location
        ? [[`${km.toFixed(1)} km away`, `距离 ${km.toFixed(1)} 公里`] satisfies [string, string]]
        : [['the appliance has no location', '设备没有位置信息'] satisfies [string, string]]),
      ...(detour
        ? [
            [
              `adds ${Math.round(detour.minutes)} min to a day of ${detour.jobs} jobs`,
              `当天已有 ${detour.jobs} 个任务，增加 ${Math.round(detour.minutes)} 分钟`,
            ] satisfies [string, string],
          ]
        : []),
      [`grade ${engineer.grade}, ${needed} is enough`, `等级 ${engineer.grade}，要求 ${needed}`],
      ...(job.bound === engineer.id
        ? [['the owner’s own engineer', '用户的专属工程师'] satisfies [string, string]]
        : []),
      [`skilled in ${job.skill}`, `具备技能 ${job.skill}`],
      [`${engineer.openJobs} open jobs`, `${engineer.openJobs} 个未完成任务`],
      job.kit.length === 0
        ? ['no part is foreseen', '预计不需要配件']
        : missing.length === 0
          ? [`${van} has the whole kit`, `${van} 备有全部配件`]
          : [
              `${van ?? 'no depot'} lacks ${missing.map((line) => line.part).join(', ')}`,
              `${van ?? '无仓库'} 缺少 ${missing.map((line) => line.part).join('、')}`,
            ],
    ]
    ranked.push({
      candidate: { engineer: engineer.id, reasons: reasons.map(([en]) => en), reasonsZh: reasons.map(([, zh]) => zh) },
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
): { en: string; zh: string } | undefined {
  if (engineer.isolated) return { en: `isolated: ${engineer.isolated}`, zh: `已停派：${engineer.isolated}` }
  const retraining = engineer.retraining?.find(
    ({ failureMode, passedAt }) => failureMode === job.failureMode && passedAt === undefined,
  )
  if (retraining) {
    return {
      en: `is in retraining for ${retraining.failureMode}, not passed yet`,
      zh: `正在接受 ${retraining.failureMode} 再培训，尚未通过`,
    }
  }
  const { slot } = job
  const grade = slot
    ? gradeOnDay({ ...engineer, grade: engineer.givenGrade ?? engineer.grade }, slot.from, policy.gradeRules).grade
    : engineer.grade
  const needed = gradeFor(job.difficulty, policy)
  if (grades.indexOf(grade) >= grades.indexOf(needed)) return undefined
  return {
    en: `grade ${grade} is below ${needed}, which difficulty ${job.difficulty} asks for`,
    zh: `等级 ${grade} 低于难度 ${job.difficulty} 所需的 ${needed}`,
  }
}

function refuse(job: Job, engineer: EngineerNow, km: number, policy: Policy): { en: string; zh: string } | undefined {
  const never = forbidden(job, engineer, policy)
  if (never) return never
  if (job.passedOver?.includes(engineer.id)) {
    return { en: 'did not contact the owner in time', zh: '未按时联系用户' }
  }
  const { slot } = job
  const off = slot && engineer.daysOff?.some(({ from, to }) => from < slot.to && slot.from < to)
  if (off) return { en: 'has the day off', zh: '当天休息' }
  if (job.skill !== 'general' && !engineer.skills.includes(job.skill)) {
    return { en: `has no skill in ${job.skill}`, zh: `不具备技能 ${job.skill}` }
  }
  if (km > policy.largestRadiusKm) {
    return {
      en: `${km.toFixed(0)} km away, more than ${policy.largestRadiusKm}`,
      zh: `距离 ${km.toFixed(0)} 公里，超过 ${policy.largestRadiusKm}`,
    }
  }
  return undefined
}
