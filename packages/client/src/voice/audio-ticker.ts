import type { Clock } from '../clock.ts'

/** While the context does not run there is nothing to measure; we look again so often. */
const ASLEEP_MS = 250

/**
 * Calls `tick` about every `ms` as long as the context runs, in pages in the background too: there, timers come once a
 * second, but not the end of a source, which the audio thread tells. Returns the way to stop.
 */
export function tickByAudio(context: AudioContext, clock: Clock, ms: number, tick: () => void): () => void {
  let isStopped = false
  let timer: unknown = null
  let source: ConstantSourceNode | null = null

  function next(): void {
    if (isStopped || context.state === 'closed') return
    if (context.state !== 'running') {
      timer = clock.setTimeout(next, ASLEEP_MS)
      return
    }
    source = context.createConstantSource()
    source.offset.value = 0
    // Without a way to the output it would never be played, nor end.
    source.connect(context.destination)
    source.onended = () => {
      source?.disconnect()
      if (!isStopped) tick()
      next()
    }
    source.start()
    source.stop(context.currentTime + ms / 1000)
  }

  next()
  return () => {
    isStopped = true
    clock.clearTimeout(timer)
    source?.disconnect()
  }
}
