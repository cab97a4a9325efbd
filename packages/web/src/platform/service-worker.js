// The service worker. The build puts in the version and the shell's files and writes it to `/sw.js`.
const VERSION = '__VERSION__'
const SHELL_FILES = ['__SHELL_FILES__']

const PREFIX = 'parley-shell-'
const CACHE = PREFIX + VERSION
const OFFLINE_PAGE = '/offline.html'
const SHELL_PATHS = new Set(SHELL_FILES)

addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL_FILES.map((path) => new Request(path, { cache: 'reload' }))))
      // At once: pages come from the network anyway, so nobody is held on an old version.
      .then(() => skipWaiting()),
  )
})

addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => clients.claim()))
})

// The version before this one stays: pages that are open may still want its files, which the server no longer has.
async function removeOldCaches() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)))
}

addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(pageOrOfflinePage(request))
  // Names of assets carry a hash of their content, so a kept copy is never stale.
  else if (pathname.startsWith('/assets/')) event.respondWith(keptOrFetched(request))
  else if (SHELL_PATHS.has(pathname)) event.respondWith(fetchedOrKept(request))
  // Everything else, the API above all, goes its way untouched.
})

async function pageOrOfflinePage(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(OFFLINE_PAGE)) ?? Response.error()
  }
}

async function keptOrFetched(request) {
  const kept = await caches.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) {
    const cache = await caches.open(CACHE)
    await cache.put(request, response.clone())
  }
  return response
}

async function fetchedOrKept(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(request)) ?? Response.error()
  }
}
