import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

/** How it stands with the Home Assistant that appliances are shown to. */
export function homeAssistantRoutes(app: Api, { homeAssistant }: Pick<ApiContext, 'homeAssistant'>): void {
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
