import type { Deadline, DeadlineStore, Millis } from '@parley/core'

interface Entry extends Deadline {
  /** When to give it out: at its time, or when the lease on it ends. */
  readonly dueAt: Millis
}

/** Deadlines of one process, in a binary heap whose outdated entries are skipped when they come up. */
export function createMemoryDeadlineStore(): DeadlineStore {
  const current = new Map<string, Entry>()
  const heap: Entry[] = []

  function put(entry: Entry): void {
    current.set(entry.key, entry)
    let place = heap.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (dueAt(parent) <= entry.dueAt) break
      swap(place, parent)
      place = parent
    }
  }

  function removeFirst(): void {
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    heap[0] = last
    let place = 0
    for (;;) {
      const left = place * 2 + 1
      const smaller = dueAt(left + 1) < dueAt(left) ? left + 1 : left
      if (dueAt(smaller) >= last.dueAt) return
      swap(place, smaller)
      place = smaller
    }
  }

  const dueAt = (place: number): Millis => heap[place]?.dueAt ?? Number.POSITIVE_INFINITY

  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]]
    if (first === undefined || second === undefined) return
    heap[a] = second
    heap[b] = first
  }

  function first(): Entry | undefined {
    let entry = heap[0]
    while (entry !== undefined && current.get(entry.key) !== entry) {
      removeFirst()
      entry = heap[0]
    }
    return entry
  }

  return {
    async set({ key, at }) {
      put({ key, at, dueAt: at })
    },

    async clear(key, ifAt) {
      if (ifAt === undefined || current.get(key)?.at === ifAt) current.delete(key)
    },

    async claim(now, leaseMs, limit) {
      const claimed: Deadline[] = []
      for (let entry = first(); entry !== undefined && entry.dueAt <= now && claimed.length < limit; entry = first()) {
        removeFirst()
        claimed.push({ key: entry.key, at: entry.at })
        put({ ...entry, dueAt: now + leaseMs })
      }
      return claimed
    },
  }
}
