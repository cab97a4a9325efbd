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

const RELOADED_KEY = 'parley.reloaded-for-update'

/**
 * A page that was open while the server got a new version may ask for a part that is gone. Reloading brings
 * the new version; once, so that a broken server does not make the page turn in circles.
 */
export function reloadWhenOutdated(): void {
  addEventListener('vite:preloadError', (event) => {
    try {
      if (sessionStorage.getItem(RELOADED_KEY) !== null) return
      sessionStorage.setItem(RELOADED_KEY, '1')
    } catch {
      return
    }
    event.preventDefault()
    location.reload()
  })
}
