// Shows what the desk is told while no page is open, and opens its ticket on a click.
self.addEventListener('push', (event) => {
  const { key, title, text, link } = event.data?.json() ?? {}
  event.waitUntil(
    self.registration.showNotification(title ?? 'Hearthwatch', { body: text, tag: key, data: { link: link ?? '/' } }),
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
