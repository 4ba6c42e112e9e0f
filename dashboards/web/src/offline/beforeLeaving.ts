/** What must be sent while the session still stands: it is awaited before somebody signs out, or goes to another organisation. */
export const beforeLeaving = new Set<() => Promise<unknown>>()
