import { isUnavailable } from '@parley/core'
import { keys } from './keys.ts'
import { type NodeAnswer, type NodeCommand, type NodeQuestion, readNodeMessage } from './node-command.ts'
import { type NodeInfo, OWN_JANUS, readNodeInfo } from './node-info.ts'
import { type NodeAnswers, NodeQuestions } from './node-questions.ts'
import type { RedisLink } from './open-redis.ts'
import type { RedisChannels } from './redis-channels.ts'
import { createRedisScript } from './redis-script.ts'

/** The nodes of one Parley. */
export interface NodeRegistry extends AsyncDisposable {
  /** The id of this node, for as long as it runs. */
  readonly id: string
  /** What others come to know of this node from now on. Resolves when they may. */
  announce(news: Partial<Pick<NodeInfo, 'internalUrl' | 'isDraining'>>): Promise<void>
  /** Those that live, this one too, the longest running first. Rejects with `UNAVAILABLE` while they can't be asked for. */
  nodes(): Promise<readonly NodeInfo[]>
  /** `null` when there is no such node. What was known a moment ago will do, and all the more while Redis is away. */
  find(id: string): Promise<NodeInfo | null>
  /** False when that node does not hear it. */
  sendToNode(id: string, command: NodeCommand): Promise<boolean>
  /** `listener` is called for each command to this node, until the returned function is called. */
  onCommand(listener: (command: NodeCommand) => void): () => void
  /**
   * Asks every other node. Resolves within seconds, with what was answered by then; with nothing, not complete, while
   * the others can't be asked for.
   */
  askOthers(question: unknown): Promise<NodeAnswers>
  /** What other nodes ask is answered by `answer` from now on. */
  onQuestion(answer: (question: unknown) => Promise<unknown>): void
}

export interface NodeRegistryOptions {
  readonly id: string
  readonly version: string
  /** The random id that is kept in the database. */
  readonly databaseId: string
  /** Fingerprints of the secrets by which tokens are verified. */
  readonly secrets: readonly string[]
  /** What this node does now. */
  readonly counts: () => Pick<
    NodeInfo,
    'connections' | 'conversations' | 'totalConnections' | 'peakConnections' | 'users'
  >
  /** How this node carries voice; `null` when nobody talks here. */
  readonly media?: string | null
  /** Told of failures that nobody waits for. */
  readonly report: (error: unknown) => void
  readonly leaseMs?: number
}

/** Two nodes that can't be one Parley; the message says why, and what to do. */
export class NodesDiffer extends Error {
  override readonly name = 'NodesDiffer'
}

const LEASE_MS = 15_000
/** So long what is known of a node is taken for what it is now. */
const FRESH_MS = 3000

/** Takes those of the named nodes out of the set whose lease has ended. Gives what the others said of themselves. */
const LIST = `
local found = {}
for place, id in ipairs(ARGV) do
  local info = redis.call('GET', KEYS[place + 1])
  if info then found[#found + 1] = info else redis.call('SREM', KEYS[1], id) end
end
return found`

/**
 * Announces this node under a lease. Rejects with `NodesDiffer` when a node that lives has another database, shares
 * no secret with this one, or talks through a Janus that only one of the two reaches.
 */
export async function openNodeRegistry(
  link: RedisLink,
  channels: RedisChannels,
  options: NodeRegistryOptions,
): Promise<NodeRegistry> {
  const { id, report, leaseMs = LEASE_MS } = options
  const startedAt = Date.now()
  const list = createRedisScript(link, LIST)
  const known = new Map<string, { readonly info: NodeInfo; readonly atMs: number }>()
  const listeners = new Set<(command: NodeCommand) => void>()
  let news: Pick<NodeInfo, 'internalUrl' | 'isDraining'> = { internalUrl: null, isDraining: false }
  let isClosed = false

  const own = (): NodeInfo => {
    const { version, databaseId, secrets, media = null } = options
    return {
      ...{ id, version, startedAt, databaseId, secrets },
      ...(media !== null && { media }),
      ...news,
      ...options.counts(),
    }
  }

  async function renew(): Promise<void> {
    if (isClosed) return
    const text = JSON.stringify(own())
    await link.ask((redis) => redis.multi().set(keys.node(id), text, 'PX', leaseMs).sadd(keys.nodes, id).exec())
  }

  async function nodes(): Promise<readonly NodeInfo[]> {
    const ids = await link.ask((redis) => redis.smembers(keys.nodes))
    // All of them are named: while a Cluster moves them, one that is not there yet is not one that has ended.
    const listed = (await list([keys.nodes, ...ids.map(keys.node)], ids)) as string[]
    const found = listed.map(readNodeInfo).filter((info) => info !== null)
    known.clear()
    for (const info of found) known.set(info.id, { info, atMs: performance.now() })
    return found.toSorted((one, other) => one.startedAt - other.startedAt)
  }

  async function find(wanted: string): Promise<NodeInfo | null> {
    if (wanted === id) return own()
    const remembered = known.get(wanted)
    if (remembered !== undefined && performance.now() - remembered.atMs < FRESH_MS) return remembered.info
    try {
      const text = await link.ask((redis) => redis.get(keys.node(wanted)))
      const info = text === null ? null : readNodeInfo(text)
      if (info === null) known.delete(wanted)
      else known.set(wanted, { info, atMs: performance.now() })
      return info
    } catch (error) {
      if (remembered !== undefined && isUnavailable(error)) return remembered.info
      throw error
    }
  }

  async function withdraw(): Promise<void> {
    await link.ask((redis) => redis.multi().del(keys.node(id)).srem(keys.nodes, id).exec())
  }

  requireSame(own(), await nodes())
  await renew()
  // Once more, now that each of two that start at the same time is seen by the other.
  try {
    requireSame(own(), await nodes())
  } catch (error) {
    await withdraw()
    throw error
  }
  const renewAndReport = (): void => {
    renew().catch((error: unknown) => {
      // A Redis that is away is no news here.
      if (!isUnavailable(error)) report(error)
    })
  }
  const timer = setInterval(renewAndReport, leaseMs / 3).unref()
  const stopWatching = link.onBack(renewAndReport)
  const send = async (to: string, message: NodeCommand | NodeQuestion | NodeAnswer): Promise<boolean> =>
    (await channels.send(keys.nodeChannel(to), JSON.stringify(message))) > 0
  const questions = new NodeQuestions({ id, send, report })
  const stopListening = channels.listen(keys.nodeChannel(id), {
    heard(bytes) {
      const message = readNodeMessage(bytes)
      if (message?.type === 'drain') for (const listener of listeners) listener(message)
      else if (message !== null) questions.heard(message)
    },
  })

  return {
    id,
    async announce(given) {
      news = { ...news, ...given }
      await renew()
    },
    nodes,
    find,
    sendToNode: send,
    onCommand(listener) {
      const heard = (command: NodeCommand) => listener(command)
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    async askOthers(question) {
      const others = await nodes().catch((error: unknown) => {
        if (isUnavailable(error)) return null
        throw error
      })
      if (others === null) return { answers: [], isComplete: false }
      return questions.ask(
        others.flatMap((other) => (other.id === id ? [] : [other.id])),
        question,
      )
    },
    onQuestion(answer) {
      questions.answer = answer
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(timer)
      stopWatching()
      stopListening()
      // Else the lease ends by itself.
      await withdraw().catch(() => undefined)
    },
  }
}

/** A Janus that a node has started is of use to itself, and to the other workers of its machine. */
function isSameMedia(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true
  return !one.startsWith(OWN_JANUS) && !other.startsWith(OWN_JANUS)
}

function requireSame(own: NodeInfo, others: readonly NodeInfo[]): void {
  for (const { id, databaseId, secrets, media } of others) {
    if (id === own.id) continue
    if (databaseId !== own.databaseId) {
      throw new NodesDiffer(
        'another node on this Redis has another database. All nodes need the same DATABASE_URL; a node that was just ended counts for 15 seconds more',
      )
    }
    if (!secrets.some((secret) => own.secrets.includes(secret))) {
      throw new NodesDiffer(
        'another node on this Redis has another JWT_SECRET, so each would refuse the tokens of the other. All nodes need the same one; a node that was just ended counts for 15 seconds more',
      )
    }
    if (!isSameMedia(own.media, media)) {
      throw new NodesDiffer(
        'people on one of the nodes talk through a Janus that was started beside it, which the other can not reach, so nobody would hear each other. Run Janus by itself and give all nodes the same JANUS_URLS, or set MEDIA=mesh on all; a node that was just ended counts for 15 seconds more',
      )
    }
  }
}
