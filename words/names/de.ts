import type { Names } from '../words.ts'

/** Skills and papers of engineers as shipped. */
export const deNames: Names = {
  none: 'kein Fehler',
  'sealed-system': 'Kältekreis',
  cooling: 'Kältetechnik',
  electrical: 'Elektrik',
  mechanical: 'Mechanik',
  plumbing: 'Wasserinstallation',
  general: 'Allgemein',
  A: 'Zertifikat A',
  senior: 'Meisterbrief',
  intermediate: 'Gesellenbrief',
  junior: 'Einstiegszertifikat',
  interview: 'Fachgespräch',
  exam: (grade) => `Prüfung ${grade}`,
}
