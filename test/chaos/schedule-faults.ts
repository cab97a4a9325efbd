import { createRandom } from '../scenarios/random.ts'

/** Everything that is done to a cluster. */
export const FAULT_KINDS = [
  'node killed',
  'node stopped',
  'node frozen',
  'node cut from Redis',
  'node held from Redis',
  'node cut from the database',
  'node held from the database',
  'Redis killed',
  'Redis frozen',
  'database killed',
  'database frozen',
  'Janus killed',
  'Janus frozen',
  'Janus cut off',
  'Janus held',
  'clients severed',
  'clients held',
  'proxy killed',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  readonly kind: FaultKind
  /** Which node, which Janus, or which of the clients' lines; 0 where there is one alone. */
  readonly target: number
  /** Since the faults began. */
  readonly atMs: number
  /** Until it is undone. */
  readonly lastsMs: number
}

interface Plan {
  readonly seed: number
  readonly nodes: number
  readonly januses: number
  /** Lines of clients. */
  readonly lines: number
  /** No fault begins later. */
  readonly durationMs: number
  readonly kinds?: readonly FaultKind[]
}

const GAP_MS = { least: 400, most: 2800 }
const LASTS_MS = { least: 500, most: 6000 }
/** A node that is ended comes back when its process is there again; of the others there is nothing to wait for. */
const AT_ONCE: readonly FaultKind[] = ['clients severed']

/**
 * What happens when: the same for the same plan. Each kind comes as often as the others, in an order of chance; of
 * several at a time no two are about the same thing, and one node at least is left alone.
 */
export function scheduleFaults({
  seed,
  nodes,
  januses,
  lines,
  durationMs,
  kinds = FAULT_KINDS,
}: Plan): readonly Fault[] {
  if (kinds.length === 0) return []
  const random = createRandom(seed)
  const between = ({ least, most }: { least: number; most: number }): number =>
    Math.round(least + random() * (most - least))
  const faults: Fault[] = []
  let deck: FaultKind[] = []
  for (let atMs = between(GAP_MS); atMs < durationMs; atMs += between(GAP_MS)) {
    if (deck.length === 0) deck = shuffle(kinds, random)
    const kind = deck.pop() as FaultKind
    const lastsMs = AT_ONCE.includes(kind) ? 0 : between(LASTS_MS)
    const ongoing = faults.filter((fault) => fault.atMs + fault.lastsMs > atMs)
    const among = { node: nodes, Janus: januses, clients: lines }[scopeOf(kind)] ?? 1
    const taken = ongoing.filter((fault) => scopeOf(fault.kind) === scopeOf(kind)).map(({ target }) => target)
    const free = Array.from({ length: among }, (_, index) => index).filter((index) => !taken.includes(index))
    const target = free[Math.floor(random() * free.length)]
    const isTooMuch = target === undefined || (scopeOf(kind) === 'node' && free.length < 2)
    // Later, when others are over.
    if (isTooMuch) deck.unshift(kind)
    else faults.push({ kind, target, atMs, lastsMs })
  }
  return faults
}

/** What a fault is about. */
export function scopeOf(kind: FaultKind): string {
  return kind.split(' ')[0] as string
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items]
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T)
}

/** As a person reads it. */
export const describeFault = ({ kind, target, lastsMs }: Fault): string =>
  `${kind}${/^(node|Janus|clients)/.test(kind) ? ` (${target + 1})` : ''}${lastsMs === 0 ? '' : ` for ${lastsMs} ms`}`
