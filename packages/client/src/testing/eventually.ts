interface Watched {
  subscribe(listener: () => void): () => void
}

/** Resolves when `isTrue`, looked at after every change that `watched` tells of; rejects after `ms` with what `describe` says. */
export function eventually(
  watched: Watched,
  isTrue: () => boolean,
  describe: () => unknown = () => '',
  ms = 30_000,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      unsubscribe()
      reject(new Error(`It did not come true: ${isTrue}\n${JSON.stringify(describe(), null, 2)}`))
    }, ms)
    const look = (): void => {
      if (!isTrue()) return
      clearTimeout(late)
      unsubscribe()
      resolve()
    }
    const unsubscribe = watched.subscribe(look)
    look()
  })
}
