/** The page's one audio context, for hearing and measuring. It runs once the person has touched the page. */
export interface AudioHub {
  readonly context: AudioContext
  /** Resumes it; by the next touch or key when the browser wants one first. */
  wake(): void
  close(): void
}

export function createAudioHub(): AudioHub {
  const context = new AudioContext({ latencyHint: 'interactive' })
  const aborter = new AbortController()
  const wake = (): void => {
    if (context.state !== 'running' && context.state !== 'closed') context.resume().catch(() => undefined)
  }
  for (const type of ['pointerdown', 'keydown', 'touchend']) {
    window.addEventListener(type, wake, { signal: aborter.signal, capture: true, passive: true })
  }
  // Phones interrupt it for a call, and leave it so.
  context.addEventListener('statechange', () => !document.hidden && wake(), { signal: aborter.signal })
  wake()
  return {
    context,
    wake,
    close() {
      aborter.abort()
      context.close().catch(() => undefined)
    },
  }
}
