/**
 * Registers the service worker: the app opens fast, and offline there is a page that says what to do.
 * Where it can't be (plain HTTP, private windows), everything works without it.
 */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => undefined)
  })
}

const RELOADED_KEY = 'parley.reloaded-at'
const reloadPauseMs = 60_000

/**
 * A page that was open while the server got a new version may ask for a part that is gone. Reloading brings
 * the new version; at most once a minute, so that a broken server does not make the page turn in circles, and
 * never while the server can't be reached.
 */
export function reloadWhenOutdated(): void {
  addEventListener('vite:preloadError', () => void reloadIfReachable())
}

async function reloadIfReachable(): Promise<void> {
  try {
    const reloadedAt = Number(sessionStorage.getItem(RELOADED_KEY))
    if (Date.now() - reloadedAt < reloadPauseMs) return
    const response = await fetch('/', { method: 'HEAD', cache: 'no-store' })
    if (!response.ok) return
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()))
    location.reload()
  } catch {
    // No storage to count in, or no server: the page says what to do.
  }
}
