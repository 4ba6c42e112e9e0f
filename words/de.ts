import type { TicketState } from '../core/index.ts'
import { amountIn } from './amount.ts'
import { deKpis } from './kpis/de.ts'
import { timesIn } from './when.ts'
import type { Words } from './words.ts'

/** A time for people; its zone is said, because a mail cannot know where it is read. */
const when = timesIn('de-DE', 'short')
const after = (words: string | undefined): string => (words ? `: ${words}` : '')
/** Which desk called. */
const calling = (desk: string | undefined): string =>
  desk === undefined ? '' : ` durch ${desk === 'central' ? 'die Zentrale' : desk}`
/** People are called by their names; who has the administrator’s token has none. */
const who = (by: string): string => (by === 'token' ? 'Verwaltung' : by.replace(/^user:/, ''))
const money = amountIn('de-DE')
/** What became of the money of a bill. */
const paid = {
  asked: 'Zahlung angefordert',
  paid: 'bezahlt',
  failed: 'die Zahlung ist fehlgeschlagen',
  refunded: 'das Geld wurde erstattet',
  'voucher-used': 'mit Gutschein bezahlt',
}
const list = (items: readonly string[]): string => items.join(', ')
/** A figure that is written already. */
const figure = (written: string | number): string => String(written).replace('.', ',')
const number = (value: number): string => value.toLocaleString('de-DE', { maximumFractionDigits: 1 })
/** `1 Gerät`, `3 Geräte`. */
const many = (count: number, one: string, others: string): string => `${number(count)} ${count === 1 ? one : others}`
const verdicts = { confirmed: 'bestätigt', refuted: 'kein Fehler', 'other-cause': 'andere Ursache' }
const results = { done: 'ausgeführt', refused: 'abgelehnt', failed: 'fehlgeschlagen' }
/** Commands that may repair; another one is called as the appliance calls it. */
const commands = new Map([
  ['restart', 'Neustart'],
  ['parameter', 'Einstellung ändern'],
  ['firmware', 'Firmware einspielen'],
])
const command = (type: string): string => `Befehl „${commands.get(type) ?? type}“`
const states: Record<TicketState, string> = {
  new: 'neu',
  offered: 'angeboten',
  declined: 'abgelehnt',
  expired: 'abgelaufen',
  accepted: 'angenommen',
  assigned: 'zugeteilt',
  visiting: 'vor Ort',
  waiting: 'wartend',
  remote: 'in Fernreparatur',
  completed: 'erledigt',
  closed: 'abgeschlossen',
  verified: 'nachgewiesen',
  reopened: 'wieder geöffnet',
  cancelled: 'abgesagt',
}
const testResults = { done: 'nicht lesbar', refused: 'vom Gerät abgelehnt', failed: 'fehlgeschlagen' }
const promises = {
  'first-response': 'die erste Rückmeldung beim Kunden',
  'on-site': 'der Einsatz',
  parts: 'die Lieferung der Ersatzteile',
}

/** What every code says in German. */
export const de: Words = {
  'alert-opened': ({ alert, mode }) => `Meldung ${alert}: ${mode}`,
  'rule-spoke': ({ alert, rule, version }) => `Meldung ${alert}: Regel ${rule} hat angeschlagen (Version ${version})`,
  'alert-again': ({ alert, mode, days, before }) =>
    `Meldung ${alert}: erneut ${mode}, ${many(days, 'Tag', 'Tage')} nach ${before}`,
  'care-due': ({ plan }) => `fällig: ${plan}`,
  'inspection-contracted': ({ plan, months }) =>
    `Inspektion laut Vertrag alle ${many(months, 'Monat', 'Monate')}: ${plan}`,
  'alert-joined': ({ alert, mode }) => `Meldung ${alert} kam hinzu: ${mode}`,
  'alert-while-verifying': ({ alert, mode }) => `Meldung ${alert}, während die Reparatur nachgewiesen wird: ${mode}`,
  'owner-asked': 'der Kunde wird um Zustimmung gebeten',
  'owner-to-call': 'keine Nachricht kann den Kunden erreichen: jemand muss anrufen',
  'no-owner': 'kein Kunde bekannt: der Innendienst entscheidet',
  'another-finding': ({ mode }) => `weiterer Befund: ${mode}`,
  grown: ({ from, to }) => `es ist schlimmer geworden: Priorität ${from} → ${to}`,
  'reason-gone': 'der Anlass ist nicht mehr zu sehen: alle Werte sind wieder in ihrem Bereich',
  'reason-weaker': 'der Anlass ist schwächer geworden und passt zu keinem Fehler: es eilt nicht',
  'reason-back': ({ mode }) => `es zeigt sich wieder: ${mode}`,
  agreed: 'zugestimmt',
  'agreed-with-time': 'zugestimmt, mit Termin',
  reported: ({ words }) => `gemeldet: ${words}`,
  'also-reported': ({ words }) => `zusätzlich gemeldet: ${words}`,
  'fault-again': ({ days, before, words }) =>
    `derselbe Fehler erneut, ${many(days, 'Tag', 'Tage')} nach ${before}: ${words}`,
  'reported-by-owner': 'vom Kunden gemeldet',
  'owner-reports-too': 'der Kunde meldet es ebenfalls',
  'recall-free': 'Nachbesserung: kostenlos',
  'best-of': ({ count, reasons }) => `beste Wahl unter ${count}: ${list(reasons)}`,
  'by-hand': 'von Hand zugeteilt',
  'by-day-plan': ({ reasons }) => `nach dem Tagesplan: ${list(reasons)}`,
  taken: ({ engineer, why }) => `übernommen von ${engineer}: ${why}`,
  arrived: 'angekommen',
  left: 'abgefahren; die Karte ist vollständig',
  'left-undone': ({ items }) => `abgefahren; nicht erledigt: ${list(items)}`,
  'no-safe-earth': ({ ticket }) => `Schutzleiter nicht sicher: alle Arbeiten ruhen, Sicherheitsauftrag ${ticket}`,
  'earth-failed': ({ ticket, by }) => `Schutzleiterprüfung bei ${ticket} nicht bestanden (${who(by)})`,
  'earth-safe': 'der Schutzleiter ist sicher: der Haushalt ist wieder freigegeben',
  'safety-first': 'Sicherheit geht vor',
  spoke: ({ words }) => `mit dem Kunden gesprochen${after(words)}`,
  reached: ({ words }) => `Kunde telefonisch erreicht${after(words)}`,
  'message-received': 'der Kunde hat die Nachricht erhalten',
  'nobody-reached': 'keine Nachricht hat den Kunden erreicht: jemand muss anrufen',
  'not-contacted': ({ engineer }) => `${engineer} hat den Kunden nicht rechtzeitig kontaktiert: weitergegeben`,
  'still-no-contact': 'weiterhin kein Kontakt; von Hand zugeteilt, daher bleibt es dabei',
  'second-deadline': ({ engineer }) => `${engineer} hat den Kunden auch bis zur zweiten Frist nicht kontaktiert`,
  'on-the-way': ({ engineer }) => `${engineer} ist unterwegs zu Ihnen.`,
  'on-the-way-title': 'Ihr Techniker ist unterwegs',
  'nobody-home': ({ words }) => `niemand zu Hause: ${words}`,
  'waits-for-parts': ({ parts, words }) => `${words ?? 'wartet auf ein Ersatzteil'}: ${list(parts)}`,
  'parts-there': 'die Ersatzteile sind da: der nächste Einsatz wird geplant',
  'signal-back': 'das eigene Signal ist wieder in seinem Bereich',
  'fixed-remotely': 'das eigene Signal ist wieder in seinem Bereich: aus der Ferne behoben',
  'fixed-by-owner': 'das eigene Signal ist wieder in seinem Bereich: vom Kunden selbst behoben',
  'signal-not-back': 'das eigene Signal ist nicht wieder in seinem Bereich',
  'no-answer': 'der Kunde hat nicht rechtzeitig geantwortet',
  'no-call-back': 'niemand hat rechtzeitig zurückgerufen',
  'rating-expired': 'keine Bewertung eingegangen: abgelaufen',
  rated: ({ stars }) => `mit ${stars} von 5 bewertet`,
  'called-solved': ({ desk, words }) => `Rückruf${calling(desk)}, behoben${after(words)}`,
  'called-unsolved': ({ desk, words }) => `Rückruf${calling(desk)}, nicht behoben${after(words)}`,
  'not-solved': 'laut Kunde nicht behoben',
  'declined-by-owner': 'vom Kunden abgelehnt',
  'cancelled-by-owner': 'vom Kunden abgesagt',
  'swap-claimed': 'der Kunde verlangt ein Austauschgerät',
  payment: ({ state, amount, currency }) => `${paid[state]}: ${money(amount, currency)}`,
  'bill-confirmed': 'hat die Rechnung bestätigt',
  'bill-contested': ({ words }) => `beanstandet die Rechnung: ${words}`,
  complaint: ({ item }) => `Beschwerde: ${item} wurde abgehakt, der Kunde widerspricht`,
  unaccounted: ({ parts }) => `eingebaut, aber in keinem bekannten Bestand: ${list(parts)}`,
  'command-sent': ({ type, command: id, until }) => `${command(type)} gesendet: ${id}, gültig bis ${until}`,
  'command-done': ({ type, words }) => `${command(type)} ausgeführt${after(words)}`,
  'command-failed': ({ type, result, words }) =>
    `${command(type)} ${results[result]}${after(words)}: ein Einsatz wird geplant`,
  'command-late': ({ type, result, words }) =>
    `${command(type)} erst nach Ablauf beantwortet: ${results[result]}${after(words)}`,
  'command-unanswered': 'der Befehl wurde nicht rechtzeitig beantwortet: ein Einsatz wird geplant',
  'remote-proof': 'aus der Ferne behoben, wenn das Signal es bestätigt',
  'test-begins': ({ test }) => `bevor ein Termin angeboten wird, prüft sich das Gerät selbst: ${test}`,
  'test-showed': ({ test, percent, mode }) =>
    `${test}: mit ${percent} % Wahrscheinlichkeit liegt ein Fehler vor${mode ? `, am ehesten ${mode}` : ''}`,
  'test-without-result': ({ test, result }) => `${test}: kein Ergebnis (${testResults[result]})`,
  'test-unanswered': 'der Test wurde nicht rechtzeitig beantwortet',
  'questions-asked': ({ count }) =>
    `bevor ein Termin angeboten wird, bekommt der Kunde ${count === 1 ? 'eine Frage' : `${count} Fragen`} gestellt`,
  'questions-answered': ({ percent, mode }) =>
    `nach den Angaben des Kunden liegt mit ${percent} % Wahrscheinlichkeit ein Fehler vor${mode ? `, am ehesten ${mode}` : ''}`,
  'questions-unanswered': 'der Kunde hat die Fragen nicht beantwortet',
  'waits-for-evidence': ({ hours }) => `ein Einsatz lohnt sich jetzt nicht: in ${hours} h wird erneut geprüft`,
  'evidence-stands': 'es besteht weiter: der Kunde wird gefragt',
  'guide-helped': ({ guide }) => `der Kunde hat es nach der Anleitung ${guide} selbst behoben`,
  'guide-no-help': ({ guide }) => `Anleitung ${guide} versucht: hat nicht geholfen`,
  'not-a-fault': ({ words }) => `kein Fehler${after(words)}`,
  'marked-known': ({ words }) => `der Fehler ist bekannt: kein Einsatz${after(words)}`,
  'marked-not-worth': ({ words }) => `lohnt keinen Einsatz${after(words)}`,
  'closed-with': ({ cause, verdict }) => `${cause}${verdict ? `, ${verdicts[verdict]}` : ''}`,
  'former-owner': 'Worte eines früheren Kunden',
  'engineer-refused': ({ engineer, because }) => `${engineer}: ${because}`,
  'appliance-retired': 'das Gerät wurde außer Betrieb genommen',
  said: ({ words }) => words,
  'legacy-text': ({ text }) => text,
  text: ({ text }) => text,

  'km-away': ({ km }) => `${figure(km)} km entfernt`,
  'no-location': 'der Standort des Geräts ist unbekannt',
  'adds-minutes': ({ minutes, jobs }) =>
    `verlängert einen Tag mit ${many(jobs, 'Auftrag', 'Aufträgen')} um ${minutes} min`,
  'grade-enough': ({ has, needs }) => `Stufe ${has}, ${needs} genügt`,
  'own-engineer': 'der feste Techniker des Kunden',
  skilled: ({ skill }) => `Fachgebiet ${skill}`,
  'outlet-score': ({ score }) => `Stützpunkt mit Note ${figure(score)}`,
  'open-jobs': ({ count }) => many(count, 'offener Auftrag', 'offene Aufträge'),
  'no-part-foreseen': 'voraussichtlich kein Ersatzteil nötig',
  'has-kit': ({ van }) => `${van} hat alle Ersatzteile`,
  'lacks-parts': ({ van, parts }) => `${van ?? 'kein Lager'}: es fehlt ${list(parts)}`,
  isolated: ({ words }) => `gesperrt: ${words}`,
  'in-retraining': ({ mode }) => `in Nachschulung zu ${mode}, noch nicht bestanden`,
  'grade-below': ({ has, needs, difficulty }) =>
    `Stufe ${has} liegt unter ${needs}, wie es Schwierigkeit ${difficulty} verlangt`,
  'no-contact-in-time': 'hat den Kunden nicht rechtzeitig kontaktiert',
  'day-off': 'hat frei',
  'no-skill': ({ skill }) => `ohne Fachgebiet ${skill}`,
  'too-far': ({ km, most }) => `${figure(km)} km entfernt, mehr als ${figure(most)}`,
  'known-no-more': 'ist nicht mehr bekannt',
  'nobody-known': 'Noch kein Techniker bekannt: Legen Sie einen an, dann wird geplant.',
  'nobody-fits': 'Zurzeit passt niemand; der Grund steht neben jedem Namen.',
  'grade-needs-papers': ({ grade, papers }) => `Stufe ${grade} verlangt ${list(papers)}`,
  'grade-needs-years': ({ grade, years }) => `Stufe ${grade} verlangt ${many(years, 'Jahr', 'Jahre')}`,
  'grab-won': ({ stars }) => `gewonnen mit ${stars} Sternen`,
  'grab-fewer-stars': ({ own, stars }) => `${own} Sterne; er ging an jemanden mit ${stars}`,
  'grab-fair-chance': ({ own, stars }) =>
    `${own} mit den früher verlorenen Chancen; er ging an jemanden mit ${stars}, ebenso gezählt`,
  'grab-later': ({ ms }) => `${ms} ms später als jemand mit gleich vielen Sternen`,
  'grab-by-id': 'gleich viele Sterne, im selben Augenblick: die Reihenfolge der Kennungen entschied',
  'grab-given-away': 'inzwischen anderweitig vergeben',
  'grab-not-open': ({ state }) => `er ist ${states[state]}; nur was auf Planung wartet, kann übernommen werden`,

  'line-call-out': 'Anfahrt',
  'line-job': ({ job, minutes }) => `${job}, ${minutes} min`,
  'line-labour': ({ minutes }) => `Arbeitszeit, ${minutes} min`,
  'line-part': ({ part }) => part,
  'earned-visit': ({ number: ticket, difficulty }) => `${ticket}: Einsatz, Schwierigkeit ${difficulty}`,
  'earned-again': ({ number: ticket, before, percent }) =>
    `${ticket}: Ihre eigene Reparatur ${before} hat nicht gehalten, daher ${percent} % eines Einsatzes`,
  'earned-nothing': ({ number: ticket }) => `${ticket}: die Reparatur hat nicht gehalten und wurde wiederholt`,
  'earned-stars': ({ number: ticket, stars, percent }) => `${ticket}: ${stars} von 5 Sternen ergeben ${percent} %`,
  'earned-bonus': ({ number: ticket }) => `${ticket}: Prämie für fünf Sterne`,
  'earned-corrected': ({ by, words }) => `Berichtigt von ${who(by)}: ${words}`,
  'line-covered': ({ clause, line }) => `${clause}: ${line}`,
  'clause-we-were-wrong': 'Wir lagen falsch: kostenlos',
  'clause-safety': 'Sicherheitseinsatz: ohne Anfahrtskosten',
  'clause-recall': ({ days }) => `Derselbe Fehler innerhalb von ${many(days, 'Tag', 'Tagen')}: kostenlos`,
  'clause-second-repair': 'Zweite Reparatur desselben Fehlers: kostenlos',
  'clause-warranty': ({ years }) => `Garantie, ${many(years, 'Jahr', 'Jahre')}`,

  'tell-asked-title': ({ kind }) => `Eine Frage zu Ihrem Gerät (${kind})`,
  'tell-asked': ({ noticed, safe, number: ticket, answerBy, contactBy, zone }) =>
    `${noticed} ${safe ? 'Sie können es weiter benutzen.' : 'Bitte benutzen Sie es nicht mehr.'} Auftrag ${ticket}. Bevor jemand kommt: Sagen Sie uns auf der Seite unten, was Sie sehen. Das dauert eine Minute und erspart Ihnen vielleicht einen Termin. Bitte antworten Sie bis ${when(answerBy, zone)}. Wir melden uns bis ${when(contactBy, zone)} bei Ihnen.`,
  'tell-offered-title': ({ kind }) => `Ihr Gerät (${kind}) braucht einen Termin`,
  'tell-offered': ({ changed, noticed, safe, number: ticket, answerBy, contactBy, zone }) =>
    `${changed ? `${changed} ` : ''}${noticed} ${safe ? 'Sie können es weiter benutzen.' : 'Bitte benutzen Sie es nicht mehr.'} Auftrag ${ticket}. Wählen Sie auf der Seite unten einen Termin; bitte antworten Sie bis ${when(answerBy, zone)}.${contactBy === undefined ? '' : ` Wir melden uns bis ${when(contactBy, zone)} bei Ihnen.`}`,
  'tell-accepted-title': ({ number: ticket }) => `Auftrag ${ticket} ist eingegangen`,
  'tell-accepted': ({ number: ticket, contactBy, zone }) =>
    `Vielen Dank. Ihre Auftragsnummer ist ${ticket}. Wir melden uns bis ${when(contactBy, zone)} bei Ihnen und planen jetzt den Termin.`,
  'tell-assigned-title': 'Ihr Termin steht fest',
  'tell-assigned': ({ engineer, slot, number: ticket, zone }) =>
    `${engineer ?? 'Ein Techniker'} kommt${slot === undefined ? '' : ` am ${when(slot, zone)}`} mit den nötigen Ersatzteilen. Auftrag ${ticket}.`,
  'tell-waiting-title': ({ number: ticket }) => `Auftrag ${ticket}: ein Ersatzteil ist unterwegs`,
  'tell-waiting': ({ partsBy, zone }) =>
    `Der Techniker braucht ein Ersatzteil, das er nicht dabeihatte. Wir erwarten es bis ${when(partsBy, zone)} und planen dann sofort den zweiten Termin.`,
  'tell-no-show-title': ({ number: ticket }) => `Wir haben Sie nicht angetroffen: Auftrag ${ticket}`,
  'tell-no-show': ({ slot, zone }) =>
    `Unser Techniker hat niemanden angetroffen.${slot === undefined ? ' Auf der Seite unten können' : ` Der nächste Termin ist ${when(slot, zone)}; auf der Seite unten können`} Sie einen anderen wählen.`,
  'tell-closed-title': ({ number: ticket }) => `Auftrag ${ticket}: die Arbeit ist getan`,
  'tell-closed': 'Bitte sagen Sie uns, wie es war. Ihr Gerät zeigt uns nun selbst, ob die Reparatur hält.',
  'tell-verified-title': 'Repariert, und vom Gerät bestätigt',
  'tell-verified': ({ kind }) => `Die Signale Ihres Geräts (${kind}) sind wieder normal.`,
  'tell-reopened-title': 'Wir sind noch nicht fertig',
  'tell-reopened': ({ number: ticket }) =>
    `Ihr Gerät läuft noch nicht wieder normal, daher kommen wir noch einmal. Auftrag ${ticket}.`,
  'tell-cancelled-title': ({ number: ticket }) => `Auftrag ${ticket} ist abgesagt`,
  'tell-cancelled': 'Es kommt niemand. Den Grund lesen Sie auf der Seite.',
  'mended-title': ({ kind }) => `Ihr Gerät (${kind}) wurde repariert`,
  'mended-proving': 'Wir beobachten, ob es wieder läuft wie gewohnt.',
  'mended-proved': 'Seine eigenen Messwerte zeigen, dass es wieder läuft wie gewohnt.',
  'tell-reason-gone-title': ({ kind }) => `Ihr Gerät (${kind}) läuft wieder normal`,
  'tell-reason-gone': ({ number: ticket, agreed }) =>
    agreed
      ? `Was uns aufgefallen war, ist vorbei: Alle Werte sind wieder, wo sie hingehören. Wir sehen noch einmal nach, bevor wir kommen; möchten Sie den Termin nicht mehr, können Sie ihn auf der Seite unten kostenlos absagen. Auftrag ${ticket}.`
      : `Was uns aufgefallen war, ist vorbei: Alle Werte sind wieder, wo sie hingehören. Ein Termin ist nicht nötig, Auftrag ${ticket} ist beendet; wir achten weiter darauf.`,
  'tell-reason-weaker-title': ({ kind }) => `Ihr Gerät (${kind}): es eilt nicht`,
  'tell-reason-weaker': ({ number: ticket, agreed }) =>
    `Was uns aufgefallen war, ist schwächer geworden und passt zu keinem Fehler, den wir kennen. Es eilt nicht. ${agreed ? 'Wir sehen noch einmal nach, bevor wir kommen; möchten Sie den Termin nicht mehr, können Sie ihn auf der Seite unten kostenlos absagen.' : 'Sie brauchen nicht zu antworten; wir achten weiter darauf und melden uns, wenn sich etwas ändert.'} Auftrag ${ticket}.`,
  'desk-escalated-title': ({ number: ticket }) => `${ticket}: Kunde nicht rechtzeitig kontaktiert`,
  'desk-escalated': ({ engineer }) =>
    `Zuständig ist ${engineer}. Zur zweiten Frist geht der Auftrag an jemand anderen.`,
  'desk-offered-title': ({ number: ticket, mode, appliance }) => `${ticket}: ${mode} an ${appliance}`,
  'desk-offered': ({ diagnosis, priority, kit, owned, called }) =>
    `${diagnosis} Priorität ${priority}. ${kit.length > 0 ? `Ersatzteile: ${list(kit)}.` : 'Voraussichtlich kein Ersatzteil nötig.'} ${called ? 'Der Kunde hat keine Mailadresse und ist anzurufen.' : owned ? 'Der Kunde wurde gefragt.' : 'Kein Kunde bekannt: bitte hier annehmen.'}`,
  'desk-joined-title': ({ number: ticket, appliance }) => `${ticket}: weiterer Befund an ${appliance}`,
  'desk-reopened-title': ({ number: ticket }) => `${ticket} wieder geöffnet: das Signal ist nicht zurück`,
  'desk-reopened': ({ appliance }) => `${appliance} liegt weiter außerhalb seines Bereichs.`,
  'desk-reported-title': ({ number: ticket, appliance }) => `${ticket}: Störung gemeldet an ${appliance}`,
  'desk-reason-gone-title': ({ number: ticket, appliance }) => `${ticket}: an ${appliance} ist nichts mehr zu sehen`,
  'desk-reason-gone': ({ agreed }) =>
    agreed
      ? 'Der Kunde hat einem Termin zugestimmt: Entscheiden Sie, ob er noch stattfindet.'
      : 'Das Angebot ist zurückgezogen, der Kunde weiß es.',
  'desk-reason-weaker-title': ({ number: ticket, appliance }) => `${ticket}: an ${appliance} ist weniger zu sehen`,
  'desk-reason-weaker': ({ agreed }) =>
    agreed
      ? 'Es passt nun zu keinem Fehler. Der Kunde hat einem Termin zugestimmt: Entscheiden Sie, ob er noch stattfindet.'
      : 'Es passt nun zu keinem Fehler. Das Angebot bleibt bestehen, es eilt nicht.',
  'escalated-alert-title': ({ appliance, mode }) => `Kritisch, und niemand hat gehandelt: ${mode} an ${appliance}`,
  'escalated-alert': ({ minutes }) =>
    `Sie besteht seit ${minutes} min. Bestätigen Sie die Meldung oder planen Sie den Einsatz: dann wird niemand sonst gerufen.`,
  'escalated-promise-title': ({ number: ticket, promise }) => `Auftrag ${ticket}: ${promises[promise]} ist überfällig`,
  'escalated-promise': ({ number: ticket, minutes }) =>
    `Was dem Kunden von ${ticket} zugesagt war, ist ${minutes} min überfällig. Sobald es erledigt ist, wird niemand sonst gerufen.`,
  'maintenance-ended-title': ({ appliance }) => `Wartung von ${appliance} ist beendet`,
  'maintenance-ended': ({ count }) =>
    `Währenddessen zurückgehalten und nicht vorbei: ${count}. Auf der Seite des Geräts lässt sich jede Meldung doch noch freigeben.`,
  'escalated-task-title': ({ what }) => `Überfällig: ${what}`,
  'escalated-task': ({ minutes }) =>
    `Die Aufgabe ist ${minutes} min überfällig. Sobald sie erledigt ist, wird niemand sonst gerufen.`,
  'task-contact': ({ number: ticket, engineer }) =>
    `${ticket}: ${engineer} hat den Kunden nicht kontaktiert; rufen Sie an, sonst geht der Auftrag an jemand anderen.`,
  'task-reach': ({ number: ticket, news }) => `${ticket}: Kunden anrufen, er hat keine Mailadresse: ${news}`,
  'task-call-back': ({ number: ticket }) => `${ticket}: Kunden zurückrufen: Auftreten, Können, Kosten, zufrieden?`,
  'task-supervisor': ({ number: ticket, stars, compensation, engineer }) =>
    `${ticket} wurde mit ${stars} von 5 bewertet: Kunden anrufen, „${compensation}“ anbieten, ${engineer} anhören.`,
  'task-complaint': ({ number: ticket, item }) =>
    `${ticket}: der Kunde widerspricht dem, was der Techniker abgehakt hat: ${item}`,
  'task-swap': ({ number: ticket, appliance }) =>
    `${ticket}: der Kunde von ${appliance} verlangt ein Austauschgerät und hat Anspruch darauf`,
  'tell-swap-title': ({ number: ticket }) => `Ein Austauschgerät für Sie (${ticket})`,
  'tell-swap':
    'Sie haben ein Austauschgerät verlangt. Wir melden uns bei Ihnen, um alles abzusprechen; Sie müssen nichts nachweisen.',
  'task-bill': ({ number: ticket, words }) => `${ticket}: der Kunde beanstandet die Rechnung: ${words}`,
  'task-reconsider': ({ number: ticket, why }) =>
    `${ticket}: ${why}. Der Kunde hat einem Termin zugestimmt: absagen, oder begründen, warum er trotzdem stattfindet.`,
  'more-urgent': 'Es ist dringender geworden.',
  'own-page-title': 'Ihre Daten und Ihre Rechte',
  'own-page':
    'Über diesen Link sehen Sie, was über Sie und Ihr Gerät bekannt ist, entscheiden, wofür es verwendet wird, und lassen es löschen.',
  'test-message': 'Dies ist eine Testnachricht.',
  'calendar-visit': ({ kind, model }) => `Technikertermin: ${kind} ${model}`,
  'disk-full-title': ({ days }) => `Der Speicher ist in ${many(days, 'Tag', 'Tagen')} voll`,
  'disk-full': ({ days, gigabytes }) =>
    `${gigabytes.replace('.', ',')} GB sind frei; bei diesem Tempo reicht das ${many(days, 'Tag', 'Tage')}. Schaffen Sie Platz, oder bewahren Sie Rohdaten kürzer auf (Regel rawReadingsDays). Bestätigte Daten gehen nicht verloren: Ist der Speicher voll, warten die Geräte.`,
  'noticed-symptom': ({ symptom, said }) => (said ? `${symptom}. „${said}“` : `${symptom}.`),
  'guided-diagnosis': 'Geführte Diagnose',
  'draft-title': ({ kind, model, mode }) => `${kind} ${model}: ${mode}`,
  'draft-noticed': ({ noticed }) => `Was auffällt: ${noticed}`,
  'draft-cause': ({ mode }) => `Ursache: ${mode}.`,
  'draft-fitted': ({ fitted }) => `Behoben durch Einbau von: ${list(fitted)}.`,
  'draft-without-part': 'Behoben ohne Ersatzteil.',
  'draft-took': ({ minutes }) => `Dauer vor Ort: ${minutes} min.`,
  'fails-sooner': ({ days, was }) =>
    `Es ist schlimmer geworden: Wir erwarten den Ausfall nun in etwa ${many(days, 'Tag', 'Tagen')}${was === undefined ? '' : ` (zuvor ${was})`}.`,
  'reported-diagnosis': ({ noticed }) => `Gemeldet: ${noticed}`,
  'by-former-owner': 'Gemeldet von einem früheren Kunden.',
  'earth-unsafe':
    'Die Steckdose Ihres Geräts hat keinen sicheren Schutzleiter. Bitte benutzen Sie das Gerät nicht, bis das behoben ist.',
  'earth-diagnosis': ({ ticket }) => `Die Schutzleiterprüfung bei ${ticket} wurde nicht bestanden.`,

  'cohort-outage': ({ where }) => `Netzausfall im Gebiet ${where}`,
  'cohort-weather': ({ where }) => `Wetter im Gebiet ${where}`,
  'cohort-firmware': ({ cohort }) => `Firmware ${cohort}`,
  'cohort-batch': ({ cohort }) => `Charge ${cohort}`,
  'cohort-appliances': ({ joined }) => many(joined, 'Gerät', 'Geräte'),
  'cohort-findings': ({ joined, kind, mode }) => `${joined} × ${kind}: ${mode}`,
  'cohort-title': ({ subject, what }) => `${subject}: ${what}`,
  'cohort-body': ({ joined, size, expected, held }) =>
    `${joined} von ${size} zeigen es innerhalb kurzer Zeit. Durch Zufall wären es ${expected < 0.1 ? 'weniger als 0,1' : `etwa ${number(expected)}`}. ${held}`,
  'cohort-ended-title': ({ subject }) => `${subject}: beendet`,
  'cohort-ended': ({ what, standing }) =>
    `Betroffen waren ${what}; ${standing} bestehen weiter und werden einzeln betreut.`,
  'cohort-nobody-sent': 'Es wird niemand geschickt.',
  'cohort-no-tickets': 'Für eine Weile entstehen keine Aufträge, außer ein Gerät hebt sich deutlich ab.',
  'cohort-tickets-go-on': 'Ihre Aufträge laufen weiter.',

  ...deKpis,
}
