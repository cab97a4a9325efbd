import { expect, test } from 'vitest'
import { NO_WIRES } from '../../wire/no-wires.ts'
import { joinCluster, type OwnNode } from './whole-cluster.ts'

type Load = ReturnType<OwnNode['source']['mediaServers']>[number]

const ownNode = (people: number, mediaServers: readonly Load[]): OwnNode => ({
  metrics: { measured: async () => ({ sends: [], deliveries: [], errors: [] }) },
  source: {
    wires: () => ({ ...NO_WIRES.stats(), voice: { people, conversations: 1 } }),
    conversations: async () => ({ conversations: 0, members: 0 }),
    rooms: async () => ({ conversations: 0, members: 0 }),
    waitingPolls: () => 0,
    isReady: () => true,
    services: [],
    checks: [],
    mediaServers: () => mediaServers,
    busStats: () => null,
  },
  people: () => [],
  logLevel: { get: () => 'info', set: () => undefined },
})

test('who talks, and what each media server carries, is of all nodes, whichever answers', async () => {
  const load = (name: string, people: number): Load => ({ name, isUp: true, rooms: 1, people, legs: 2 * people })
  const own = [ownNode(3, [load('janus-1', 1), load('janus-2', 2)]), ownNode(4, [load('janus-1', 4)])]
  const answers: ((question: unknown) => Promise<unknown>)[] = []
  const clusters = own.map((node, at) =>
    joinCluster(
      {
        onQuestion(answer) {
          answers[at] = answer
        },
        async askOthers(question) {
          const others = answers.filter((_, other) => other !== at)
          return { answers: await Promise.all(others.map((answer) => answer(question))), isComplete: true }
        },
      },
      node,
    ),
  )
  for (const cluster of clusters) {
    expect(await cluster.figures()).toMatchObject({
      isComplete: true,
      voice: { people: 7 },
      mediaServers: expect.arrayContaining([
        { name: 'janus-1', isUp: true, rooms: 2, people: 5, legs: 10 },
        { name: 'janus-2', isUp: true, rooms: 1, people: 2, legs: 4 },
      ]),
    })
  }
})
