import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { languages, type Reason, type ReasonCode, type ReasonParams, ticketStates } from '../core/index.ts'
import { policyName, readPolicy, remoteTypes } from '../service/index.ts'
import { en } from './en.ts'
import { catalogNames, render, renderWith } from './index.ts'
import { languageOf } from './languageOf.ts'

const codes = Object.keys(en) as ReasonCode[]
/** Names and words of people: marks that are in no language. */
const name = fc.string({ unit: fc.constantFrom('◇', '□', '△', '7'), minLength: 1, maxLength: 5 })
const text = fc.record({ en: name, zh: name, de: name })
const number = fc.nat(1_000)
const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
const inner = fc.constantFrom<Reason>({ code: 'agreed' }, { code: 'day-off' }, { code: 'clause-safety' })
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const some = <T>(what: fc.Arbitrary<T>) => fc.option(what, { nil: undefined })

/** What may stand for a parameter of this name, in any code. */
const byName: Record<string, fc.Arbitrary<unknown>> = {
  ...Object.fromEntries(
    [
      'days',
      'from',
      'to',
      'count',
      'stars',
      'minutes',
      'jobs',
      'difficulty',
      'most',
      'years',
      'ms',
      'priority',
      'percent',
      'hours',
    ].map((key) => [key, number]),
  ),
  ...Object.fromEntries(['joined', 'size', 'expected', 'standing'].map((key) => [key, number])),
  ...Object.fromEntries(['answerBy', 'partsBy'].map((key) => [key, time])),
  ...Object.fromEntries(['reasons', 'fitted'].map((key) => [key, fc.array(inner, { minLength: 1, maxLength: 3 })])),
  ...Object.fromEntries(['items', 'parts', 'papers', 'kit'].map((key) => [key, names])),
  ...Object.fromEntries(['noticed', 'diagnosis', 'compensation', 'kind'].map((key) => [key, text])),
  ...Object.fromEntries(['subject', 'what', 'held', 'clause', 'line', 'because', 'why'].map((key) => [key, inner])),
  changed: some(inner),
  zone: fc.constantFrom(undefined, 'UTC', 'Asia/Shanghai', 'America/New_York'),
  contactBy: some(time),
  slot: some(time),
  was: some(number),
  state: fc.constantFrom(...ticketStates),
  safe: fc.boolean(),
  owned: fc.boolean(),
  called: fc.boolean(),
  agreed: fc.boolean(),
  verdict: fc.constantFrom(undefined, 'confirmed', 'refuted', 'other-cause'),
  result: fc.constantFrom('done', 'refused', 'failed'),
}
/** Which names stand for something else in some codes. */
const special: { [C in ReasonCode]?: Partial<Record<keyof ReasonParams[C], fc.Arbitrary<unknown>>> } = {
  text: { text },
  'line-part': { part: text },
  'desk-offered-title': { mode: text },
  'cohort-findings': { kind: text, mode: text },
  'task-complaint': { item: text },
  'tell-accepted': { contactBy: time },
  'task-reach': { news: inner },
  'test-begins': { test: text },
  'test-showed': { test: text },
  'test-without-result': { test: text },
  'escalated-alert-title': { mode: text },
  'escalated-promise-title': { promise: fc.constantFrom('first-response', 'on-site', 'parts') },
  payment: {
    state: fc.constantFrom('asked', 'paid', 'failed', 'refunded', 'voucher-used'),
    currency: fc.constantFrom('EUR', 'CNY'),
    amount: fc.nat(),
  },
  'command-late': { result: fc.constantFrom('done', 'refused', 'failed') },
}
/** A number that is told is a number; names that are asked for and not listed are names. */
const numbers: ReadonlySet<string> = new Set(['grab-won', 'grab-fewer-stars'])

/** The names of the parameters that a code's words ask for. */
function asked(code: ReasonCode): string[] {
  const found = new Set<string>()
  for (const words of languages.map((language) => languageOf[language].says[code])) {
    if (typeof words === 'string') continue
    const [, list = ''] = /^\(\{([^}]*)\}\)/.exec(String(words)) ?? []
    for (const one of list.split(',')) if (one.trim()) found.add(one.trim())
  }
  return [...found]
}

const reasonOf = (code: ReasonCode): fc.Arbitrary<Reason> =>
  fc
    .record(
      Object.fromEntries(
        asked(code).map((key) => {
          const own = (special as Record<string, Record<string, fc.Arbitrary<unknown>>>)[code]?.[key]
          return [key, own ?? (numbers.has(code) ? name : (byName[key] ?? name))]
        }),
      ),
    )
    .map((params) => ({ code, params }) as unknown as Reason)

/** What a person or the catalog says, put together by signs alone; and words that German has from English. */
const alike: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'engineer-refused',
  'said',
  'legacy-text',
  'text',
  'line-part',
  'line-job',
  'line-covered',
  'closed-with',
  'waits-for-parts',
  'draft-title',
  'cohort-firmware',
  'cohort-findings',
  'cohort-title',
])
/** Common words of English that are none of German. */
const english = /\b(?:the|is|are|of|by|and|with|not|no|has|its|it|from|for|we|you|your|owner|ticket|visit|out|days?)\b/g

test.each(codes)(
  '%s says something in every language, nothing English in Chinese and no English words in German',
  (code) => {
    fc.assert(
      fc.property(reasonOf(code), (reason) => {
        const said = render(reason)
        for (const words of Object.values(said)) {
          expect(words.trim()).not.toBe('')
          expect(words).not.toMatch(/undefined|null|NaN|\[object|function/)
        }
        // Coordinated universal time is called so in both.
        expect(said.zh.replaceAll('UTC', '')).not.toMatch(/[A-Za-z]{2,}/)
        for (const words of [said.en, said.de]) expect(words).not.toMatch(/[\u4e00-\u9fff]/)
        expect(said.de.match(english) ?? []).toEqual([])
        if (!alike.has(code)) expect(said.de).not.toBe(said.en)
      }),
      { numRuns: 30 },
    )
  },
)

/** Where a name stands for a text that is in words already. */
const hasText = (code: ReasonCode, key: string): boolean => Object.hasOwn(special[code] ?? {}, key)
const [catalog, policy] = [loadCatalog(), readPolicy()]
const nameOf = catalogNames(catalog)
const named = renderWith((id) => nameOf(id) ?? policyName(policy, id))
const kinds = [...catalog.kinds.values()]
const among = (ids: readonly string[]) => fc.constantFrom(...new Set(ids))
const items = [...Object.values(policy.checklists), ...policy.jobTypes.map(({ checklist }) => checklist)].flat()
const modes = kinds.flatMap(({ failureModes }) => Object.keys(failureModes))
/** The ids that the product itself puts into its reasons. */
const known: Record<string, fc.Arbitrary<unknown>> = {
  mode: among([...modes, 'unknown', 'silent', 'sensor-stuck']),
  cause: among([...modes, 'none']),
  skill: among(
    Object.values(kinds).flatMap(({ failureModes }) => Object.values(failureModes).map(({ skill }) => skill)),
  ),
  parts: fc.array(among(kinds.flatMap(({ parts }) => Object.keys(parts))), { minLength: 1, maxLength: 3 }),
  kit: fc.array(among(kinds.flatMap(({ parts }) => Object.keys(parts))), { minLength: 1, maxLength: 3 }),
  items: fc.array(among(items.map(({ code }) => code)), { minLength: 1, maxLength: 3 }),
  item: among(items.map(({ code }) => code)),
  guide: among(policy.guides.map(({ id }) => id)),
  papers: fc.array(among(Object.values(policy.gradeRules).flatMap(({ certificates }) => certificates)), {
    minLength: 1,
  }),
  // Whoever acts has a name of their own, or the administrator’s token.
  by: fc.constantFrom('token', 'user:◇'),
  type: among(remoteTypes),
  state: among(ticketStates),
}
const withIds = codes.filter((code) => asked(code).some((key) => Object.hasOwn(known, key) && !hasText(code, key)))

test.each(withIds)(
  '%s calls what the catalog and the policy know by its name, and not by its id, in Chinese and in German',
  (code) => {
    fc.assert(
      fc.property(reasonOf(code), fc.record(known), (reason, ids) => {
        const own = Object.entries(ids).filter(([key]) => asked(code).includes(key) && !hasText(code, key))
        const said = named({ code, params: { ...reason.params, ...Object.fromEntries(own) } } as unknown as Reason)
        expect(said.zh.replaceAll('UTC', '')).not.toMatch(/[A-Za-z]{2,}/)
        for (const words of [said.en, said.de]) expect(words).not.toMatch(/[\u4e00-\u9fff]/)
        expect(said.de.match(english) ?? []).toEqual([])
        // An id with a dash in it is no German word; a policy's own name of a rule is shown as it is written.
        expect(said.de).not.toMatch(/\b[a-z]{3,}-[a-z]{3,}/)
      }),
      { numRuns: 60 },
    )
  },
)

test('a person’s own words stay as they were written, and are known to be theirs', () => {
  const reason: Reason = { code: 'nobody-home', params: { words: 'agreed, with a time' } }
  expect(render(reason)).toEqual({
    en: 'nobody was at home: agreed, with a time',
    zh: '无人在家：agreed, with a time',
    de: 'niemand zu Hause: agreed, with a time',
  })
})
