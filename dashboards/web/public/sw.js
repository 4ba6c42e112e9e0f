// Shows what the desk is told while no page is open, and opens its ticket on a click.
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
