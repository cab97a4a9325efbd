import { admin } from '@parley/protocol'
import { z } from 'zod'
import type { LogLevel } from '../../ops/log-level.ts'
import type { Metrics } from '../../ops/metrics.ts'
import type { MetricsSource } from '../../ops/metrics-source.ts'
import type { NodeRegistry } from '../../redis/node-registry.ts'
import type { ConnectedPerson } from '../../wire/wires.ts'

const count = z.int().min(0)

/** What a node that answers the operator asks the others. They may be of another release, so all of it is checked. */
const question = z.discriminatedUnion('type', [
  z.object({ type: z.literal('people'), limit: count, search: z.string() }),
  z.object({ type: z.literal('set-log-level'), level: admin.logLevel }),
  z.object({ type: z.literal('figures') }),
])
type Question = z.infer<typeof question>

const people = z.object({ people: z.array(admin.connectedPerson), total: count })
const mediaServer = admin.overviewAnswer.shape.mediaServers.element
const figures = z.object({
  voice: admin.overviewAnswer.shape.voice,
  mediaServers: z.array(mediaServer),
  errors: z.array(z.object({ wire: z.string(), code: z.string(), count })),
  slowClosed: count,
  dropped: count,
})
const done = z.object({})

type People = z.infer<typeof people>
type Figures = z.infer<typeof figures>

/** Whether every node answered, and in time. */
interface OfNodes {
  readonly isComplete: boolean
}

/** What the operator sees and sets on all nodes at a time. One that does not answer is waited for a second. */
export interface WholeCluster {
  /** Everybody who is connected to any node and whose name or id has this part in it. */
  people(limit: number, search: string): Promise<People & OfNodes>
  setLogLevel(level: admin.LogLevel): Promise<OfNodes>
  /** Who talks, what media servers carry, and what went wrong since each of them started. */
  figures(): Promise<Figures & OfNodes>
}

/** What this node itself knows and sets. */
export interface OwnNode {
  readonly metrics: Pick<Metrics, 'measured'>
  readonly source: MetricsSource
  /** Everybody who is connected to this process. */
  readonly people: () => readonly ConnectedPerson[]
  readonly logLevel: LogLevel
}

/** Answers for this node what others ask, from now on. */
export function joinCluster(nodes: Pick<NodeRegistry, 'askOthers' | 'onQuestion'>, own: OwnNode): WholeCluster {
  nodes.onQuestion(async (asked) => answer(own, question.parse(asked)))

  async function askAll<T>(schema: z.ZodType<T>, asked: Question): Promise<{ readonly all: readonly T[] } & OfNodes> {
    const [mine, others] = await Promise.all([answer(own, asked), nodes.askOthers(asked)])
    const read = others.answers.map((value) => schema.safeParse(value))
    return {
      all: [schema.parse(mine), ...read.flatMap(({ data }) => (data === undefined ? [] : [data]))],
      isComplete: others.isComplete && read.every(({ success }) => success),
    }
  }

  return {
    async people(limit, search) {
      const { all, isComplete } = await askAll(people, { type: 'people', limit, search })
      return { ...joinPeople(all, limit), isComplete }
    },
    async setLogLevel(level) {
      const { isComplete } = await askAll(done, { type: 'set-log-level', level })
      return { isComplete }
    },
    async figures() {
      const { all, isComplete } = await askAll(figures, { type: 'figures' })
      return { ...joinFigures(all), isComplete }
    },
  }
}

async function answer(own: OwnNode, asked: Question): Promise<People | Figures | z.infer<typeof done>> {
  switch (asked.type) {
    case 'people': {
      const part = asked.search.toLowerCase()
      const found = own
        .people()
        .filter(({ userId, name }) => userId.toLowerCase().includes(part) || name.toLowerCase().includes(part))
      return {
        people: found.slice(0, asked.limit).map((one) => ({ ...one, wires: [...one.wires] })),
        total: found.length,
      }
    }
    case 'set-log-level':
      own.logLevel.set(asked.level)
      return {}
    case 'figures': {
      const { voice, slowClosed, dropped } = own.source.wires()
      const { errors } = await own.metrics.measured()
      return { voice, mediaServers: [...own.source.mediaServers()], errors: [...errors], slowClosed, dropped }
    }
  }
}

/** Somebody with connections to several nodes is one person. */
function joinPeople(answers: readonly People[], limit: number): People {
  const known = new Map<string, admin.ConnectedPerson>()
  let listed = 0
  for (const one of answers.flatMap((each) => each.people)) {
    listed += 1
    const before = known.get(one.userId)
    known.set(
      one.userId,
      before === undefined
        ? one
        : {
            ...before,
            connections: before.connections + one.connections,
            wires: [...new Set([...before.wires, ...one.wires])],
            lastActiveAt: Math.max(before.lastActiveAt, one.lastActiveAt),
            queuedBytes: before.queuedBytes + one.queuedBytes,
            isInVoice: before.isInVoice || one.isInVoice,
          },
    )
  }
  const total = answers.reduce((sum, each) => sum + each.total, 0) - (listed - known.size)
  return { people: [...known.values()].slice(0, limit), total }
}

/** One that a single node does not reach is not up for all of its people. */
const joinLoad = (one: z.infer<typeof mediaServer>, other: typeof one): typeof one => ({
  name: one.name,
  isUp: one.isUp && other.isUp,
  rooms: one.rooms + other.rooms,
  people: one.people + other.people,
  legs: one.legs + other.legs,
})

function joinFigures(answers: readonly Figures[]): Figures {
  const counts = new Map<string, Figures['errors'][number]>()
  for (const error of answers.flatMap(({ errors }) => errors)) {
    const key = `${error.wire} ${error.code}`
    counts.set(key, { ...error, count: error.count + (counts.get(key)?.count ?? 0) })
  }
  const servers = new Map<string, z.infer<typeof mediaServer>>()
  for (const server of answers.flatMap(({ mediaServers }) => mediaServers)) {
    const before = servers.get(server.name)
    servers.set(server.name, before === undefined ? server : joinLoad(before, server))
  }
  return {
    voice: {
      people: answers.reduce((sum, { voice }) => sum + voice.people, 0),
      conversations: answers.reduce((sum, { voice }) => sum + voice.conversations, 0),
    },
    mediaServers: [...servers.values()],
    errors: [...counts.values()],
    slowClosed: answers.reduce((sum, each) => sum + each.slowClosed, 0),
    dropped: answers.reduce((sum, each) => sum + each.dropped, 0),
  }
}
