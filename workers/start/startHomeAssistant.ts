import { createHash } from 'node:crypto'
import type { Settings } from '../../core/index.ts'
import { type ApiContext, openHomeAssistant } from '../../dashboards/index.ts'
import type { Ending } from '../ending.ts'

type Context = Parameters<typeof openHomeAssistant>[0]

/**
 * Shows the appliances to a Home Assistant, where one is set.
 * @param secretKey of this installation: what it publishes bears a mark that is derived from it
 */
export function startHomeAssistant(
  { HOMEASSISTANT_URL: url, HOMEASSISTANT_PREFIX: prefix }: Settings,
  context: Context,
  { publicUrl, secretKey }: { publicUrl: string; secretKey: Uint8Array },
  { ingressOpened, onRetryableError }: Ending,
): Pick<ApiContext, 'homeAssistant'> {
  if (url === undefined) return {}
  const mark = createHash('sha256').update('home assistant').update(secretKey).digest('hex').slice(0, 8)
  const link = openHomeAssistant(context, {
    url,
    house: { prefix, base: `hearthwatch-${mark}`, mark, publicUrl },
    onRetryableError: (error) => onRetryableError('home-assistant', error),
  })
  ingressOpened(() => link.close())
  return { homeAssistant: link }
}
