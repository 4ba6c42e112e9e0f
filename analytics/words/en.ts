import type { Sentences } from './sentences.ts'

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

export const en: Sentences = {
  proof: (name, observed, low, high) => `${name} ${observed} (expected ${low} to ${high})`,
  engineer: (causes, proofs, next) => `${causes}${proofs.length ? `: ${proofs.join('; ')}` : ''}.${next}`,
  repaired: ' It was repaired, and its own signal is proving that.',
  failed: (failure) => ` It has failed: ${lower(failure)}`,
  fails: ({ p10, p50, p90 = 'unknown' }, failure) =>
    ` Fails in about ${p50} days (80 %: ${p10} to ${p90}): ${lower(failure)}`,
  together: ([first = '', ...others], sum) =>
    `${[first, ...others.slice(0, -1).map(lower)].join(', ')} or ${lower(others.at(-1) ?? '')}, which what its sensors show does not tell apart (together ${sum})`,
  likeliest: (first, second) =>
    `${first.name} (${first.probability})${second ? `, or ${lower(second.name)} (${second.probability})` : ''}`,
  seenNoMore: (name) => `${name}: seen no more.`,
  over: 'What we noticed is over. Nothing needs to be done.',
  ownerRepaired: 'It was repaired. We are watching whether it works as it used to.',
  ownerSoon: (fault, { advice, unsafe }) =>
    `${advice ? `${advice} ` : ''}${fault} We recommend a visit soon.${unsafe ? ' Please switch it off until then.' : ''}`,
  ownerPlanned: (fault, days) =>
    `${fault} It still works; a planned visit in the next ${days} day${days === 1 ? '' : 's'} prevents a breakdown.`,
  ownerCalm: (fault) => `${fault} Nothing is urgent.`,
  stuck: (at, hours) => `It has stood at ${at} for ${hours} h; it used to move.`,
  silent: (hours) => `Nothing was heard for ${hours} h.`,
  refused: (why) => `It talks, and we refuse what it says, because ${why}.`,
  and: (sentence, more) => `${sentence} ${more}`,
  programsFail: 'Its programs end in error.',
  code: (code) => `It reported ${code} itself.`,
  gatewayGone: (gateway, count) =>
    `Nothing comes through the gateway ${gateway}: ${count === 1 ? 'the appliance behind it' : `${count} appliances behind it`} fell silent${count === 1 ? ' with it' : ' together'}. Look at its power and its network first.`,
  ruleOver: (name) => `Rule “${name}”: seen no more.`,
  ruleSpoke: (name, version, seen, heldMinutes) =>
    `Rule “${name}” (version ${version}) spoke: ${seen.map(({ what, observed, unit, limit }) => `${what} ${observed} ${unit} (limit ${limit})`).join('; ') || 'its states'}${heldMinutes ? `, for ${heldMinutes} min` : ''}.`,
  run: 'Run',
  cycleLength: 'Length of a cycle',
}
