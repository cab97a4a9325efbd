/** Has what belongs together resolve in the order in which it was begun, whatever each still has to do. */
export interface InOrder {
  /** Call it as soon as the answer is there: `finish` runs when all that came before it have resolved. */
  take<T>(key: string, finish: () => T): Promise<T>
}

export function createInOrder(): InOrder {
  const last = new Map<string, Promise<unknown>>()
  return {
    take(key, finish) {
      const turn = (last.get(key) ?? Promise.resolve()).then(finish)
      const settled = turn.then(
        () => undefined,
        () => undefined,
      )
      last.set(key, settled)
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key)
      })
      return turn
    },
  }
}
