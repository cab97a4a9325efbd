/** Runs tasks with the same key one after another, in order; others at the same time. */
export type KeyedQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>()

  return async (key, task) => {
    const before = tails.get(key)
    const running = before === undefined ? task() : before.then(task, task)
    tails.set(key, running)
    try {
      return await running
    } finally {
      if (tails.get(key) === running) tails.delete(key)
    }
  }
}
