import { setTimeout as sleep } from 'node:timers/promises'
import { openReturningLoad } from './load/returning/open-returning-load.ts'
import type { DeployPeer } from './peers/deploy-peers.ts'
import { type Crowd, type ReturnRound, type ReturnRow, returnLine } from './returns.ts'

const RETURN_TIMEOUT_MS = 90_000

export interface DeployOptions {
  readonly crowds: readonly Crowd[]
  readonly nodes: number
  /** Messages a second in each room. */
  readonly perSecond: number
  /** Before the first node is restarted, and after each. */
  readonly calmSeconds: number
  readonly rounds: number
  readonly peers: readonly DeployPeer[]
}

/** Restarts every node of a cluster, one after the other, under connected clients; a new cluster each round, the peers taking turns. */
export async function measureDeploy(options: DeployOptions, tell: (line: string) => void): Promise<ReturnRow[]> {
  const rows: ReturnRow[] = []
  for (const crowd of options.crowds) {
    const measured = options.peers.map(({ kind, label }) => ({
      ...crowd,
      peer: kind,
      label,
      rounds: [] as ReturnRound[],
    }))
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const [index, peer] of options.peers.entries()) {
        const result = await deployOnce(peer, crowd, round, options)
        measured[index]?.rounds.push(result)
        tell(`round ${round}, ${crowd.people} people, ${peer.label}: ${returnLine(result)}`)
      }
    }
    rows.push(...measured)
  }
  return rows
}

async function deployOnce(
  { kind, open }: DeployPeer,
  crowd: Crowd,
  seed: number,
  { nodes, perSecond, calmSeconds }: DeployOptions,
): Promise<ReturnRound> {
  await using cluster = await open(nodes)
  const { port, restPort } = cluster
  await using load = await openReturningLoad({ kind, address: { port, secure: true }, restPort, ...crowd })
  await load.begin({ perSecond, seed })
  await sleep(calmSeconds * 1000)
  for (const node of cluster.nodes) {
    await node.stop()
    await node.start()
    await sleep(calmSeconds * 1000)
  }
  const result = await load.end({ timeoutMs: RETURN_TIMEOUT_MS })
  return { ...result, serverCpuMs: null, serverRssBytes: null }
}
