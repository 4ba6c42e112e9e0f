import type { Candidate, Depot, Engineer, KitLine, Location } from '../core/index.ts'
import type { Policy } from './policy.ts'

export interface Job {
  location?: Location
  skill: string
  difficulty: number
  kit: KitLine[]
}

/** An engineer at this moment. */
export interface EngineerNow extends Engineer {
  openJobs: number
  isolated?: string
}

const grades = ['D', 'C', 'B', 'A', 'A+']

/** Why somebody was chosen or not, in both languages; `reasons` of the contract are the English ones. */
export interface ExplainedCandidate extends Candidate {
  reasonsZh: string[]
  rejectedBecauseZh?: string
}

/**
 * Ranks engineers for one job by location, grade and skill, load and part stock; the best first, the rejected last,
 * each with the reason. Deterministic: ties go by id. O(engineers × kit).
 */
export function rankCandidates(
  job: Job,
  engineers: EngineerNow[],
  depots: ReadonlyMap<string, Depot>,
  policy: Policy,
): ExplainedCandidate[] {
  const needed = policy.gradeForDifficulty[String(job.difficulty) as '1'] ?? 'A+'
  const ranked: { candidate: ExplainedCandidate; cost: number }[] = []
  const rejected: ExplainedCandidate[] = []
  for (const engineer of engineers) {
    const km = job.location ? distanceKm(engineer.location, job.location) : 0
    const refusal = refuse(job, engineer, km, needed, policy)
    if (refusal) {
      rejected.push({
        engineer: engineer.id,
        reasons: [],
        reasonsZh: [],
        rejectedBecause: refusal[0],
        rejectedBecauseZh: refusal[1],
      })
      continue
    }
    const stock = engineer.depot ? depots.get(engineer.depot) : undefined
    const missing = job.kit.filter(
      (line) => (stock?.stock.find(({ part }) => part === line.part)?.quantity ?? 0) < line.quantity,
    )
    const { weights } = policy
    const cost =
      km * weights.kilometre +
      (km > policy.preferredRadiusKm ? weights.beyondPreferredRadius : 0) +
      engineer.openJobs * weights.openJob +
      missing.reduce((sum, line) => sum + line.probability * weights.missingPart, 0)
    const reasons: [string, string][] = [
      ...(job.location
        ? [[`${km.toFixed(1)} km away`, `距离 ${km.toFixed(1)} 公里`] satisfies [string, string]]
        : [['the appliance has no location', '设备没有位置信息'] satisfies [string, string]]),
      [`grade ${engineer.grade}, ${needed} is enough`, `等级 ${engineer.grade}，要求 ${needed}`],
      [`skilled in ${job.skill}`, `具备技能 ${job.skill}`],
      [`${engineer.openJobs} open jobs`, `${engineer.openJobs} 个未完成任务`],
      job.kit.length === 0
        ? ['no part is foreseen', '预计不需要配件']
        : missing.length === 0
          ? [`${stock?.id} has the whole kit`, `${stock?.id} 备有全部配件`]
          : [
              `${stock?.id ?? 'no depot'} lacks ${missing.map((line) => line.part).join(', ')}`,
              `${stock?.id ?? '无仓库'} 缺少 ${missing.map((line) => line.part).join('、')}`,
            ],
    ]
    ranked.push({
      candidate: { engineer: engineer.id, reasons: reasons.map(([en]) => en), reasonsZh: reasons.map(([, zh]) => zh) },
      cost,
    })
  }
  ranked.sort((a, b) => a.cost - b.cost || (a.candidate.engineer < b.candidate.engineer ? -1 : 1))
  rejected.sort((a, b) => (a.engineer < b.engineer ? -1 : 1))
  return [...ranked.map(({ candidate }, i) => ({ ...candidate, rank: i + 1 })), ...rejected]
}

function refuse(
  job: Job,
  engineer: EngineerNow,
  km: number,
  needed: string,
  policy: Policy,
): [string, string] | undefined {
  if (engineer.isolated) return [`isolated: ${engineer.isolated}`, `已停派：${engineer.isolated}`]
  if (grades.indexOf(engineer.grade) < grades.indexOf(needed)) {
    return [
      `grade ${engineer.grade} is below ${needed}, which difficulty ${job.difficulty} asks for`,
      `等级 ${engineer.grade} 低于难度 ${job.difficulty} 所需的 ${needed}`,
    ]
  }
  if (job.skill !== 'general' && !engineer.skills.includes(job.skill)) {
    return [`has no skill in ${job.skill}`, `不具备技能 ${job.skill}`]
  }
  if (km > policy.largestRadiusKm) {
    return [
      `${km.toFixed(0)} km away, more than ${policy.largestRadiusKm}`,
      `距离 ${km.toFixed(0)} 公里，超过 ${policy.largestRadiusKm}`,
    ]
  }
  return undefined
}

/** Great-circle distance in kilometres. Source: haversine (Sinnott 1984), mean earth radius 6,371 km. */
export function distanceKm(a: Location, b: Location): number {
  const rad = Math.PI / 180
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2
  return 2 * 6_371 * Math.asin(Math.sqrt(Math.min(1, h)))
}
