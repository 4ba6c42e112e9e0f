import type { Sentences } from './sentences.ts'

/** German writes a comma where figures have a point. */
const n = (figure: string): string => figure.replace('.', ',')
/** One word alone keeps its capital: it is a noun. */
const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

export const de: Sentences = {
  proof: (name, observed, low, high) => `${name} ${n(observed)} (erwartet ${n(low)} bis ${n(high)})`,
  engineer: (causes, proofs, next) => `${causes}${proofs.length ? `: ${proofs.join('; ')}` : ''}.${next}`,
  repaired: ' Es wurde repariert; das eigene Signal weist das gerade nach.',
  failed: (failure) => ` Ausgefallen: ${failure}`,
  fails: ({ p10, p50, p90 = 'unbekannt' }, failure) =>
    ` Ausfall in etwa ${n(p50)} Tagen (80 %: ${n(p10)} bis ${n(p90)}): ${failure}`,
  together: (names, sum) =>
    `${names.slice(0, -1).join(', ')} oder ${names.at(-1) ?? ''}, nach den Sensoren nicht zu unterscheiden (zusammen ${sum})`,
  likeliest: (first, second) =>
    `${first.name} (${first.probability})${second ? ` oder ${second.name} (${second.probability})` : ''}`,
  seenNoMore: (name) => `${name}: nicht mehr zu sehen.`,
  over: 'Was uns aufgefallen war, ist vorbei. Es ist nichts zu tun.',
  ownerRepaired: 'Es wurde repariert. Wir beobachten, ob alles wieder läuft wie gewohnt.',
  ownerSoon: (fault, { advice, unsafe }) =>
    `${advice ? `${advice} ` : ''}${fault} Wir empfehlen bald einen Termin.${unsafe ? ' Bitte schalten Sie es bis dahin aus.' : ''}`,
  ownerPlanned: (fault, days) =>
    `${fault} Es läuft noch; ein Termin ${days === 1 ? 'bis morgen' : `in den nächsten ${days} Tagen`} beugt einem Ausfall vor.`,
  ownerCalm: (fault) => `${fault} Es eilt nicht.`,
  stuck: (at, hours) => `Der Wert steht seit ${n(hours)} h bei ${n(at)}; früher hat er sich bewegt.`,
  silent: (hours) => `Seit ${n(hours)} h kam nichts mehr an.`,
  refused: (why) => `Es sendet, aber die Daten werden abgewiesen: ${withoutStop(why)}.`,
  and: (sentence, more) => `${sentence} ${more}`,
  programsFail: 'Seine Programme enden mit einem Fehler.',
  code: (code) => `Das Gerät hat ${code} selbst gemeldet.`,
  gatewayGone: (gateway, count) =>
    `Über das Gateway ${gateway} kommt nichts mehr an: ${count === 1 ? 'Das Gerät dahinter ist mit ihm' : `${count} Geräte dahinter sind zugleich`} verstummt. Prüfen Sie zuerst Strom und Netzwerk des Gateways.`,
  ruleOver: (name) => `Regel „${name}“: nicht mehr erfüllt.`,
  ruleSpoke: (name, version, seen, heldMinutes) =>
    `Regel „${name}“ (Version ${version}) hat angeschlagen: ${seen.map(({ what, observed, unit, limit }) => `${what} ${n(observed)} ${unit} (Grenze ${n(limit)})`).join('; ') || 'ihre Zustände'}${heldMinutes ? `, ${n(heldMinutes)} min lang` : ''}.`,
  run: 'Lauf',
  cycleLength: 'Dauer eines Zyklus',
}
