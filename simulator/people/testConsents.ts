import { SeededRandom } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

/** Of those who are asked, so many let their washer test itself; the others never answer. */
const AGREE = 0.6

/** Owners of new washers that can test themselves are asked once whether they may, with nothing in the drum. */
export async function askForTests(
  api: ApiClient,
  appliances: readonly { id: string; kind: string; tests?: readonly string[] | undefined }[],
  seed: number,
): Promise<void> {
  for (const { id, kind, tests = [] } of appliances) {
    const agrees = new SeededRandom(seed, `agrees to tests/${id}`).next() < AGREE
    if (kind !== 'washer' || tests.length === 0 || !agrees) continue
    await api.call('POST', `/api/appliances/${id}/consents`, { purpose: 'self-tests', given: true })
  }
}
