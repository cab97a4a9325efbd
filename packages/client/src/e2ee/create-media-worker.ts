/** In the one form in which bundlers find the worker's file. */
export function createMediaWorker(): Worker {
  return new Worker(new URL('./media-cipher-worker.ts', import.meta.url), { type: 'module', name: 'parley-media' })
}
