import type { Catalog } from '../../catalog/index.ts'
import { because, type Hypothesis, Problem, type Render, sameText, type Text } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

/** What a person says of a fault, as structured as what an alert says. */
export interface Report {
  text: string
  symptom?: string | undefined
  failureMode?: string | undefined
  purchasedAt?: number | undefined
}

export interface ClassifiedReport {
  failureMode: string
  /** Most probable first; never empty. */
  hypotheses: Hypothesis[]
  /** The symptom in every language, and the words as they were said. */
  noticed: Text
}

/** That a caller who names the fault is right. */
const NAMED_PROBABILITY = 0.5

/** Symptom, or the fault that was named → fault class. Pure. @throws Problem `says-nothing`, `unknown-symptom`, `unknown-failure-mode` */
export function classifyReport(
  kind: string,
  report: Report,
  catalog: Catalog,
  policy: Policy,
  render: Render,
): ClassifiedReport {
  if (!report.text && !report.symptom && !report.failureMode) throw saysNothing()
  const symptom =
    report.symptom === undefined ? undefined : symptomsOf(kind, policy).find(({ id }) => id === report.symptom)
  if (report.symptom !== undefined && !symptom) {
    throw new Problem({
      code: 'unknown-symptom',
      message: `The questions for a ${kind} have no answer '${report.symptom}'.`,
      remedy: 'GET /api/intake/template?kind= lists them; leave it out when none fits.',
      status: 422,
    })
  }
  const known = catalog.kind(kind).failureModes
  const { failureMode = 'unknown' } = report
  if (failureMode !== 'unknown' && !Object.hasOwn(known, failureMode)) throw unknownMode(kind, failureMode)
  const said = Object.entries(symptom?.modes ?? {})
    .filter(([mode]) => Object.hasOwn(known, mode))
    .map(([failureMode, probability]) => ({ failureMode, probability }))
  const named = report.failureMode
  const hypotheses = (
    named
      ? [
          { failureMode: named, probability: NAMED_PROBABILITY },
          ...said
            .filter(({ failureMode }) => failureMode !== named)
            .map(({ failureMode, probability }) => ({
              failureMode,
              probability: probability * (1 - NAMED_PROBABILITY),
            })),
        ]
      : said
  ).sort((a, b) => b.probability - a.probability || (a.failureMode < b.failureMode ? -1 : 1))
  if (hypotheses.length === 0) hypotheses.push({ failureMode: 'unknown', probability: 0 })
  const words = report.text.trim()
  const noticed = symptom
    ? render(because('noticed-symptom', { symptom: symptom.text, ...(words ? { said: words } : {}) }))
    : sameText(words)
  return { failureMode: hypotheses[0]?.failureMode ?? 'unknown', hypotheses, noticed }
}

const saysNothing = (): Problem =>
  new Problem({
    code: 'says-nothing',
    message: 'A report says what is wrong.',
    remedy: 'Give a symptom, a text, or a fault.',
    status: 422,
  })
const unknownMode = (kind: string, failureMode: string): Problem =>
  new Problem({
    code: 'unknown-failure-mode',
    message: `A ${kind} has no failure mode '${failureMode}'.`,
    remedy: 'Leave it out when it is not known.',
    status: 422,
  })

/** The questions for one kind of appliance; a kind without its own has none to choose from. */
export const symptomsOf = (kind: string, policy: Policy): Policy['symptoms'][string] => policy.symptoms[kind] ?? []
