/** Asked for with one statement, so that none grows with the server. */
const MOST_AT_ONCE = 256

/**
 * What is asked for one at a time is read for all who ask in the same turn of the event loop: when the bus is back,
 * everybody here is looked after at once. `readAll` resolves with what was found of each, in order.
 */
export function gatherReads<Asked, Found>(
  readAll: (asked: readonly Asked[]) => Promise<readonly Found[]>,
): (asked: Asked) => Promise<Found> {
  let waiting: (PromiseWithResolvers<Found> & { readonly asked: Asked })[] = []

  async function read(some: typeof waiting): Promise<void> {
    try {
      const found = await readAll(some.map(({ asked }) => asked))
      for (const [place, { resolve }] of some.entries()) resolve(found[place] as Found)
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }

  function readWaiting(): void {
    const all = waiting
    waiting = []
    for (let from = 0; from < all.length; from += MOST_AT_ONCE) void read(all.slice(from, from + MOST_AT_ONCE))
  }

  return (asked) => {
    const one = { asked, ...Promise.withResolvers<Found>() }
    if (waiting.length === 0) setImmediate(readWaiting)
    waiting.push(one)
    return one.promise
  }
}

/** Keys for a statement: each once. */
export const keysOf = (ids: Iterable<string>): readonly (readonly [string])[] => Array.from(new Set(ids), (id) => [id])
