import fastifyStatic from '@fastify/static'
import type { Api } from './app.ts'

/** Every path that is no call and no file is a page of the one application, but for that of a ticket, which stands alone. */
export async function servePages(app: Api, webDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webDir,
    wildcard: false,
    index: false,
    preCompressed: true,
    maxAge: '1y',
    immutable: true,
    // Names of built files change with what is in them; those that are fixed are asked for anew.
    setHeaders: (reply, path) => {
      if (!path.includes('/assets/') && !/\.html(?:\.br|\.gz)?$/.test(path)) reply.header('cache-control', 'no-cache')
    },
  })
  const pages = [
    '/',
    '/sign-in',
    '/alerts',
    '/tickets',
    '/dispatch',
    '/trends',
    '/scoreboard',
    '/data',
    '/simulator',
    '/connect',
    '/mapping',
    '/people',
    '/parts',
    '/inbox',
    '/home',
    '/settings',
    '/policy',
    '/care',
    '/on-call',
    '/outreach',
    '/quality',
    '/file',
    '/my',
    '/audit',
    '/knowledge',
    '/rules',
    '/members',
    '/network',
    '/limits',
    '/claim',
  ]
  for (const path of [
    ...pages,
    '/appliances/:id',
    '/tickets/:id',
    '/t/:secret',
    '/o/:secret',
    '/p/:secret',
    '/h/:secret',
    '/r/:secret',
    '/alerts/:id',
    '/docs',
  ]) {
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply
        .header('cache-control', /^\/(?:[hotpr]\/|claim$)/.test(path) ? 'no-store' : 'no-cache')
        .sendFile(path.startsWith('/t/') ? 'ticket.html' : 'index.html', { cacheControl: false }),
    )
  }
}
