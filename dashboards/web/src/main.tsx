// The first thing that runs: asks at once for all that the first page needs, so that nothing waits for anything else.
import { askAhead } from './call.ts'
import { registerWorker } from './offline/registerWorker.ts'
import { language, vocabularyOf } from './words/language.ts'

/** What is kept for a day without a network is fetched when the first page is there. */
const KEEP_AFTER_MS = 2_000

void vocabularyOf(language)
// Pages of owners' links ask for what is theirs alone, and who signs in is nobody yet.
if (!/^\/(?:[hopr]\/|sign-in|claim)/.test(location.pathname)) {
  askAhead('GET /api/session')
  askAhead('GET /api/catalog')
}
void import('./app.tsx')
addEventListener('load', () => setTimeout(() => void registerWorker(), KEEP_AFTER_MS))
