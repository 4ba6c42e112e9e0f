/** The shell of the pages, and the engineer's day, are there without a network. */
export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register('/sw.js')
  } catch {
    // Without https, or where the browser forbids it, pages need the network.
  }
}
