import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

/** How it stands with the Home Assistant that appliances are shown to, and with the broker of somebody else. */
export function homeAssistantRoutes(
  app: Api,
  { homeAssistant, outsideBroker }: Pick<ApiContext, 'homeAssistant' | 'outsideBroker'>,
): void {
  app.get(
    '/api/outside-broker',
    {
      schema: {
        summary: 'The broker of MQTT_URL: does the link stand, and how many appliances were heard over it',
        tags: ['mapping'],
        response: { 200: answers['GET /api/outside-broker'] },
      },
    },
    () => outsideBroker() ?? { connected: false, appliances: 0 },
  )
  app.get(
    '/api/home-assistant',
    {
      schema: {
        summary: 'The link to Home Assistant: is there one, does it stand, and which topics are somebody else’s',
        tags: ['mapping'],
        response: { 200: answers['GET /api/home-assistant'] },
      },
    },
    () => homeAssistant?.state() ?? { connected: false, published: 0, foreign: [] },
  )
}
