import { readFileSync } from 'node:fs'
import type { ClusterNode } from '@parley/testkit/cluster'

const LOOK_MS = 2000
/** A node with some hundred clients needs a third of it. */
const MAX_RSS_BYTES = 600 * 1024 * 1024
/** What a server says when it did something that nobody meant it to do. */
const UNMEANT =
  /INTERNAL|nobody handled it|was not caught|unhandled|FATAL ERROR|out of memory|RangeError|TypeError|ReferenceError/

/** Looks at the nodes' memory while they run, and in the end at what they wrote. */
export function watchNodes(nodes: readonly ClusterNode[]): Disposable & { problems(): readonly string[] } {
  const peaks = new Map<ClusterNode, number>()
  const looking = setInterval(() => {
    for (const node of nodes) peaks.set(node, Math.max(peaks.get(node) ?? 0, rssBytes(node.pid)))
  }, LOOK_MS)
  return {
    problems: () =>
      nodes.flatMap((node) => {
        const found = node
          .output()
          .split('\n')
          .filter((line) => UNMEANT.test(line))
          .map((line) => `${node.name} wrote: ${line}`)
        const peak = peaks.get(node) ?? 0
        if (peak > MAX_RSS_BYTES) found.push(`${node.name} took ${Math.round(peak / 1024 / 1024)} MB`)
        return found
      }),
    [Symbol.dispose]: () => clearInterval(looking),
  }
}

function rssBytes(pid: number | null): number {
  if (pid === null) return 0
  try {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    // It ended meanwhile.
    return 0
  }
}
