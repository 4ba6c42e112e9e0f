import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'

export function backupRoutes(app: Api, { backups }: Pick<ApiContext, 'backups'>): void {
  app.post(
    '/api/backup',
    {
      schema: {
        summary: 'Begins a backup of everything into a folder of its own below DATA_DIR/backups, while all goes on',
        tags: ['system'],
        response: { 202: answers['POST /api/backup'] },
      },
    },
    async (_request, reply) => reply.code(202).send(backups.begin()),
  )
  app.get(
    '/api/backup',
    {
      schema: {
        summary: 'How it stands with the last backup since the start',
        tags: ['system'],
        response: { 200: answers['GET /api/backup'] },
      },
    },
    async () => backups.state(),
  )
}
