/** Into how many parts what is not of one room is divided: in a Cluster they lie on different servers. */
const PARTITIONS = 16
/** How many items one step takes: it holds up everybody else's. */
const MOST_AT_ONCE = 200
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** All of them. */
export const PARTITION_NUMBERS: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition)

/** Where what is kept under this id lies: the same on every node, and for good (FNV-1a). */
export function partitionOf(id: string): number {
  let hash = FNV_OFFSET
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), FNV_PRIME)
  return (hash >>> 0) % PARTITIONS
}

/** Some items of one partition. */
export interface Portion<T> {
  readonly partition: number
  readonly items: readonly T[]
  /** The place of each item in the list that was divided. */
  readonly places: readonly number[]
}

/** Divides a list into portions that one step takes each. */
export function portionsOf<T>(items: readonly T[], idOf: (item: T) => string): readonly Portion<T>[] {
  const open = new Map<number, { partition: number; items: T[]; places: number[] }>()
  const portions: Portion<T>[] = []
  items.forEach((item, place) => {
    const partition = partitionOf(idOf(item))
    let portion = open.get(partition)
    if (portion === undefined || portion.items.length === MOST_AT_ONCE) {
      portion = { partition, items: [], places: [] }
      open.set(partition, portion)
      portions.push(portion)
    }
    portion.items.push(item)
    portion.places.push(place)
  })
  return portions
}
