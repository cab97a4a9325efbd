import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster, ClusterJanus, ClusterNode } from '@parley/testkit/cluster'
import type { CuttableLine } from '@parley/testkit/cuttable-line'
import { describeFault, type Fault, scopeOf } from './schedule-faults.ts'

/** A server that does not start, for want of what it stands on, is started again, as systemd does. */
const RESTART_MS = 500
const RESTARTS = 60

interface Patient {
  readonly cluster: Cluster
  /** Between clients and the proxy. */
  readonly lines: readonly CuttableLine[]
  readonly say: (line: string) => void
}

/**
 * Does all of it, each at its time, and resolves when the last is undone, with how many were done: on a busy machine a
 * server may take long to be there again, and what should happen to it meanwhile is left out.
 */
export async function applyFaults(faults: readonly Fault[], patient: Patient): Promise<number> {
  const start = performance.now()
  const recovering = new Set<string>()
  let done = 0
  async function run(fault: Fault): Promise<void> {
    await pause(Math.max(0, start + fault.atMs - performance.now()))
    const about = `${scopeOf(fault.kind)} ${fault.target}`
    const isSpared = scopeOf(fault.kind) === 'node' && nodesAmong(recovering) >= patient.cluster.nodes.length - 1
    if (recovering.has(about) || isSpared) {
      patient.say(`${describeFault(fault)}: left out, ${isSpared ? 'the others are' : 'it is'} not back yet`)
      return
    }
    recovering.add(about)
    patient.say(describeFault(fault))
    const undo = await apply(fault, patient)
    await pause(fault.lastsMs)
    await undo()
    recovering.delete(about)
    done += 1
  }
  await Promise.all(faults.map(run))
  return done
}

const nodesAmong = (recovering: ReadonlySet<string>): number =>
  [...recovering].filter((about) => about.startsWith('node ')).length

/** Resolves with what undoes it. */
async function apply({ kind, target }: Fault, { cluster, lines, say }: Patient): Promise<() => void | Promise<void>> {
  const { redis, database, nginx } = cluster
  const node = cluster.nodes[target] as ClusterNode
  const line = lines[target] as CuttableLine
  const media = cluster.januses[target] as ClusterJanus
  switch (kind) {
    case 'node killed':
      await node.kill()
      return () => startAgain(node, say)
    case 'node stopped': {
      const stopping = node.stop()
      return async () => {
        await stopping
        await startAgain(node, say)
      }
    }
    case 'node frozen':
      await node.pause()
      return () => node.resume()
    case 'node cut from Redis':
      node.lines.redis.cut()
      return () => node.lines.redis.mend()
    case 'node held from Redis':
      node.lines.redis.hold()
      return () => node.lines.redis.mend()
    case 'node cut from the database':
      node.lines.database.cut()
      return () => node.lines.database.mend()
    case 'node held from the database':
      node.lines.database.hold()
      return () => node.lines.database.mend()
    case 'Redis killed':
      await redis.kill()
      return () => redis.start()
    case 'Redis frozen':
      await redis.pause()
      return () => redis.resume()
    case 'database killed':
      await database.kill()
      return () => database.start()
    case 'database frozen':
      await database.pause()
      return () => database.resume()
    case 'Janus killed':
      await media.janus.kill()
      return () => media.janus.start()
    case 'Janus frozen':
      await media.janus.pause()
      return () => media.janus.resume()
    case 'Janus cut off':
      media.line.cut()
      return () => media.line.mend()
    case 'Janus held':
      media.line.hold()
      return () => media.line.mend()
    case 'clients severed':
      line.sever()
      return () => undefined
    case 'clients held':
      line.hold()
      return () => line.mend()
    case 'proxy killed':
      await nginx.kill()
      return () => nginx.start()
  }
}

async function startAgain(node: ClusterNode, say: Patient['say']): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await node.start()
      return
    } catch (error) {
      if (attempt === RESTARTS) throw error
      say(`${node.name} did not start: ${reasonOf(error)}`)
      await pause(RESTART_MS)
    }
  }
}

/** What it said last, or why it fell. */
function reasonOf(error: unknown): string {
  const lines = error instanceof Error ? error.message.trim().split('\n') : [String(error)]
  return lines.find((line) => /Error:/.test(line)) ?? lines.at(-1) ?? ''
}
