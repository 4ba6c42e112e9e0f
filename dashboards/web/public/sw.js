// The shell of the pages without a network, and what the desk is told while no page is open.
const CACHE = 'shell-1'
const SHELL = '/'
/** A network that has not answered by then is none, ms. */
const PATIENCE_MS = 3000

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

/** The page and all that an engineer's day is made of; what is no longer of it goes. */
async function fill() {
  const cache = await caches.open(CACHE)
  const answer = await fetch('/offline.json', { cache: 'no-store' })
  if (!answer.ok) return
  const { files } = await answer.json()
  const known = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname))
  await Promise.all(files.filter((file) => !known.has(file)).map((file) => cache.add(file)))
  // Last, so that a page never stands here without its parts.
  const page = await fetch(SHELL, { cache: 'no-store' })
  if (page.ok) await cache.put(SHELL, page)
  const wanted = new Set([...files, SHELL])
  for (const request of await cache.keys()) if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request)
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/assets/')) event.respondWith(fromCache(request))
  // Pages of owners' links are never kept, and everything of the API is the page's own to keep.
  else if (request.mode === 'navigate' && !/^\/(?:[hotpr]\/|claim|api\/|openapi)/.test(url.pathname))
    event.respondWith(page(event))
})

async function fromCache(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

/** The page as it is now; without a network, as it was. */
async function page(event) {
  const kept = await caches.match(SHELL, { ignoreVary: true })
  if (!kept) return fetch(event.request)
  try {
    const answer = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE_MS) })
    // Another version came: its parts are fetched while it is looked at.
    if (answer.ok) event.waitUntil(fill().catch(() => undefined))
    return answer
  } catch {
    return kept
  }
}

self.addEventListener('push', (event) => {
  const { key, title, text, link } = event.data?.json() ?? {}
  // Both languages come; it speaks its browser's.
  const inWords = (said) =>
    typeof said === 'object' && said ? (/^zh/.test(navigator.language) ? said.zh : said.en) : said
  event.waitUntil(
    self.registration
      .showNotification(inWords(title) ?? 'Hearthwatch', { body: inWords(text), tag: key, data: { link: link ?? '/' } })
      .then(() => self.registration.pushManager.getSubscription())
      .then((own) =>
        fetch('/api/push/shown', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key, endpoint: own?.endpoint ?? '' }),
        }),
      )
      // Shown all the same; without the word of it the next way is tried.
      .catch(() => undefined),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { link } = event.notification.data
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(([open]) => {
      const target = new URL(link, self.location.origin)
      if (target.origin !== self.location.origin) return undefined
      return open ? open.navigate(target.href).then((client) => client?.focus()) : self.clients.openWindow(target.href)
    }),
  )
})
