import type { KpiWords } from '../words.ts'

/** What the figures of quality are called, and what exactly each counts. */
export const deKpis: KpiWords = {
  'kpi-responseHours': 'Mittlere Reaktionszeit',
  'kpi-responseHours-counts':
    'Vom Anlegen eines Auftrags bis zum ersten Gespräch mit dem Kunden, für Aufträge aus dem Zeitraum.',
  'kpi-onTime': 'Pünktlich vor Ort',
  'kpi-onTime-counts': 'Einsätze, die vor dem Ende des vereinbarten Zeitfensters begannen.',
  'kpi-visitHours': 'Dauer eines Einsatzes',
  'kpi-visitHours-counts': 'Von der Ankunft bis zur Abfahrt, für Einsätze, die im Zeitraum endeten.',
  'kpi-workInTime': 'In der Vorgabezeit erledigt',
  'kpi-workInTime-counts': 'Einsätze, die nicht länger dauerten, als das Regelwerk für ihre Art vorsieht.',
  'kpi-fixedInOneVisit': 'Beim ersten Einsatz behoben',
  'kpi-fixedInOneVisit-counts':
    'Reparaturen, die nach einem einzigen Einsatz abgeschlossen und bis heute weder wieder geöffnet noch nachgebessert wurden.',
  'kpi-fixedForAMonth': 'Beim ersten Einsatz behoben, einen Monat lang',
  'kpi-fixedForAMonth-counts':
    'Reparaturen, deren einziger Einsatz 30 bis 61 Tage vor dem Ende des Zeitraums endete: weder wieder geöffnet noch derselbe Fehler innerhalb von 30 Tagen.',
  'kpi-failuresPrevented': 'Verhinderte Ausfälle',
  'kpi-failuresPrevented-counts':
    'Von den Fehlern, die Abschlüsse im Zeitraum bestätigt haben: die auf eine Vorhersage hin repariert wurden, bevor der Kunde sie melden musste.',
  'kpi-satisfaction': 'Zufriedenheit',
  'kpi-satisfaction-counts': 'Bewertungen mit vier oder fünf Sternen unter denen aus dem Zeitraum.',
  'kpi-complaints': 'Beschwerden',
  'kpi-complaints-counts':
    'Einsätze, die im Zeitraum endeten und eine Beschwerde brachten: eine widersprochene Karte oder eine beanstandete Rechnung.',
  'kpi-callBackOnTime': 'Rechtzeitig zurückgerufen',
  'kpi-callBackOnTime-counts': 'Im Zeitraum fällige Rückrufe, die bis dahin erfolgten.',
  'kpi-withoutVisit': 'Ohne Einsatz erledigt',
  'kpi-withoutVisit-counts':
    'Durch Befehl oder Anleitung behoben und seither nicht ausgefallen, unter allen mit Ursache abgeschlossenen Aufträgen.',
  'kpi-billed': 'Rechnungsbetrag je Auftrag',
  'kpi-billed-counts': 'Mittel dessen, was Kunden zahlen, für im Zeitraum abgeschlossene Aufträge.',
}
