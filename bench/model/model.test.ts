import { readFile } from 'node:fs/promises'
import { createRandom } from '@parley/testkit/contracts'
import { describe, expect, test } from 'vitest'
import { type Capacity, capacityOf, coresOf, framesOf, MARGINS, mediaOf } from './capacity.ts'
import { checkCluster } from './check-cluster.ts'
import { costOf, egressBytesOf, egressCost, machinesFor } from './cost.ts'
import { demandOf, nodesHolding, sessionsIn } from './demand.ts'
import { readFigures } from './figures.ts'
import { ROUND_FIGURES } from './figures-fixture.ts'
import { breakingPoints } from './limits.ts'
import { PRICE_LISTS } from './prices.ts'
import { modelParts, RESULTS, simulationParts } from './print-model.ts'
import { ASSUMED, profileOf, SIZES } from './profile.ts'
import { short } from './report-model.ts'
import { filledPage, SCALE_PAGE, withoutCheck } from './scale-page.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('what people do', () => {
  test('their conversations are all of their conversations, and all of their messages', () => {
    expect(sum(ASSUMED.conversations.map(({ shareOfOpen }) => shareOfOpen))).toBeCloseTo(1, 9)
    expect(sum(ASSUMED.conversations.map(({ shareOfMessages }) => shareOfMessages))).toBeCloseTo(1, 9)
  })

  test('messages of a day come in its busiest second as the peak factor says', () => {
    const { messages } = demandOf(profileOf(86_400, { messagesPerDay: 10, peakFactor: 3 }), 10)
    expect(messages).toBeCloseTo(30, 9)
  })

  test('twice the people on twice the nodes do twice of everything, or hardly more', () => {
    const one = demandOf(profileOf(1_000_000), 1000)
    const two = demandOf(profileOf(2_000_000), 2000)
    for (const key of Object.keys(one) as (keyof typeof one)[]) {
      expect(two[key] / one[key], key).toBeGreaterThan(1.999)
      expect(two[key] / one[key], key).toBeLessThan(2.1)
    }
  })

  test('a chat of two with everybody there: a message, its receipts, and who gets them', () => {
    const alone = {
      connectionsPerPerson: 1,
      shareConnected: 1,
      conversations: [{ members: 2, shareOfOpen: 1, shareOfMessages: 1 }],
      receiptsPerMember: 1,
      shareInRooms: 0,
      comingsPerHour: 0,
    }
    const demand = demandOf(profileOf(86_400, { ...alone, messagesPerDay: 1, peakFactor: 1 }), 1e9)
    expect(demand.messages).toBeCloseTo(1, 9)
    expect(demand.receipts).toBeCloseTo(2, 9)
    expect(demand.deliveries).toBeCloseTo(6, 9)
    expect(demand.heard).toBeCloseTo(6, 3)
  })
})

describe('nodes that hold a conversation', () => {
  test('are one of one, as many as sessions where nodes are many, and never more than either', () => {
    expect(nodesHolding(7, 1)).toBe(1)
    expect(nodesHolding(7, 1e9)).toBeCloseTo(7, 6)
    expect(nodesHolding(1e9, 12)).toBeCloseTo(12, 9)
    const random = createRandom(1)
    for (let n = 0; n < 500; n += 1) {
      const [sessions, nodes] = [1 + random.integer(300), 1 + random.integer(5000)]
      const holding = nodesHolding(sessions, nodes)
      expect(holding).toBeLessThanOrEqual(Math.min(sessions, nodes) + 1e-9)
      expect(nodesHolding(sessions, nodes + 1)).toBeGreaterThanOrEqual(holding - 1e-9)
      expect(nodesHolding(sessions + 1, nodes)).toBeGreaterThanOrEqual(holding - 1e-9)
    }
  })

  test('somebody follows every conversation that is followed', () => {
    expect(sessionsIn({ members: 2, shareOfOpen: 1, shareOfMessages: 1 }, profileOf(1))).toBe(1)
  })
})

describe('what is needed', () => {
  const needs = (people: number, overrides = {}): Capacity => capacityOf(profileOf(people, overrides), ROUND_FIGURES)

  test('never shrinks when there is more of anything', () => {
    const figures = [
      'nodes',
      'redisShards',
      'databases',
      'mediaServers',
      'relays',
      'storedBytes',
      'textBitsPerSecond',
    ] as const
    const base = needs(1_000_000)
    const more: readonly Partial<typeof ASSUMED>[] = [
      { messagesPerDay: 80 },
      { connectionsPerPerson: 2 },
      { openPerConnection: 40 },
      { shareConnected: 0.5 },
      { peakFactor: 6 },
      { receiptsPerMember: 2 },
      { comingsPerHour: 10 },
      { contacts: 200 },
      { shareInCalls: 0.1 },
      { shareWithVideo: 0.9 },
    ]
    for (const overrides of more) {
      const grown = needs(1_000_000, overrides)
      for (const figure of figures)
        expect(grown[figure], `${figure} ${JSON.stringify(overrides)}`).toBeGreaterThanOrEqual(base[figure])
    }
    const bySize = [1, 10, 1000, ...SIZES].map((people) => needs(people))
    for (const figure of figures) {
      const values = bySize.map((capacity) => capacity[figure])
      expect(values, figure).toEqual(values.toSorted((one, other) => one - other))
    }
  })

  test('grows as the people do: no more than by a tenth faster', () => {
    const [million, ten] = [needs(1_000_000), needs(10_000_000)]
    for (const part of ['nodes', 'redisShards', 'databases', 'mediaServers'] as const) {
      expect(ten[part] / million[part], part).toBeLessThan(11)
      expect(ten[part] / million[part], part).toBeGreaterThan(8)
    }
  })

  test('one person needs one of each that everybody needs', () => {
    expect(needs(1, { shareInCalls: 0 })).toMatchObject({
      nodes: 1,
      redisShards: 1,
      databases: 1,
      mediaServers: 0,
      relays: 0,
    })
  })

  test('quiet connections are counted by how many a process holds', () => {
    const quiet = { messagesPerDay: 0, comingsPerHour: 0, openPerConnection: 0, connectionsPerPerson: 1 }
    expect(needs(95_000, quiet)).toMatchObject({ nodes: 10, nodesBecauseOf: 'connections' })
  })

  test('the nodes found can do the work that so many nodes make', () => {
    const profile = profileOf(1_000_000)
    const { nodes } = capacityOf(profile, ROUND_FIGURES)
    const demand = demandOf(profile, nodes)
    const cores = coresOf(demand, profile, ROUND_FIGURES.standing, 'node') + framesOf(demand, ROUND_FIGURES)
    expect(cores / nodes).toBeLessThanOrEqual(MARGINS.busy)
  })

  test('four in a call who all talk: each is passed on to three', () => {
    const call = { shareInCalls: 1, peoplePerCall: 4, shareWithVideo: 0 }
    const { packetsPerSecond, bytesPerSecond } = mediaOf(profileOf(4, call), MARGINS)
    expect(packetsPerSecond).toBe(4 * 3 * 50)
    expect(bytesPerSecond).toBe(4 * 3 * 50 * 120)
  })

  test('of that of which there is one, the fullest comes first', () => {
    const profile = profileOf(1_000_000)
    const used = breakingPoints(profile, capacityOf(profile, ROUND_FIGURES)).map((point) => point.used)
    expect(used).toEqual(used.toSorted((one, other) => other - one))
  })
})

describe('money', () => {
  const tiers = {
    ...(PRICE_LISTS[0] as (typeof PRICE_LISTS)[number]),
    egress: [
      { upToGb: 10, perGb: { amount: 3, source: 'here' } },
      { upToGb: Number.POSITIVE_INFINITY, perGb: { amount: 1, source: 'here' } },
    ],
    freeGbPerMachine: 2,
  }

  test('each tier of traffic costs its own price, after what is free', () => {
    expect(egressCost(2e9, tiers, 1)).toBe(0)
    expect(egressCost(5e9, tiers, 1)).toBe(9)
    expect(egressCost(22e9, tiers, 1)).toBe(10 * 3 + 10)
    expect(egressCost(22e9, tiers, 6)).toBe(10 * 3)
  })

  test('a month is its busiest second, divided by the peak factor, for 730 hours', () => {
    const capacity = { ...capacityOf(profileOf(1), ROUND_FIGURES), textBitsPerSecond: 24, mediaBitsPerSecond: 0 }
    expect(egressBytesOf(capacity, profileOf(1, { peakFactor: 3 }))).toBeCloseTo(730 * 3600, 6)
  })

  test('is the sum of its parts, in whole machines with what stands by', () => {
    const profile = profileOf(1_000_000)
    const capacity = capacityOf(profile, ROUND_FIGURES)
    for (const prices of PRICE_LISTS) {
      const { machines, egress, storage, total } = costOf(capacity, profile, prices)
      expect(total).toBeCloseTo(machines + egress + storage, 6)
      const counts = machinesFor(capacity, prices)
      expect(Object.values(counts).every(Number.isInteger)).toBe(true)
      expect(machines).toBeCloseTo(sum(Object.values(counts)) * prices.machine.price.amount, 6)
      expect(counts.databases * prices.machine.cores).toBeGreaterThanOrEqual(capacity.databases * 2 * 8)
    }
  })

  test('every price says where it comes from', () => {
    for (const { machine, egress, storedGb } of PRICE_LISTS)
      for (const { source } of [machine.price, storedGb, ...egress.map(({ perGb }) => perGb)])
        expect(source).not.toBe('')
  })
})

describe('two workers beside one', () => {
  const row = (peer: string, cpuMicrosPerDelivery: number) => ({
    people: 10,
    peer,
    rounds: [{ sent: 100, delivered: 900, cpuMicrosPerDelivery, busMicrosPerDelivery: 1 }],
  })

  test('are predicted from what one takes and what one more hears', () => {
    const [check] = checkCluster([row('parley-redis', 4), row('parley-two', 6)], ROUND_FIGURES)
    // 12 on the node and 6 on Redis for a message, which is nine frames.
    expect(check).toEqual({ people: 10, one: 5, predicted: 7, measured: 7, error: 0 })
  })

  test('are not predicted where they were not measured', () => {
    expect(checkCluster([row('parley-redis', 4)], ROUND_FIGURES)).toEqual([])
  })
})

test('numbers are written short', () => {
  expect([0, 1.234, 12.34, 123.4, 1234, 1e6, 2.5e9, 3e12].map(short)).toEqual([
    '0',
    '1.23',
    '12.3',
    '123',
    '1.23 k',
    '1 M',
    '2.5 G',
    '3 T',
  ])
})

describe('the results of the benches', () => {
  test('have every figure that the model takes from them', () => {
    const { standing, ...figures } = readFigures(RESULTS)
    expect(Object.keys(standing.costs).sort()).toEqual(Object.keys(ROUND_FIGURES.standing.costs).sort())
    const flat = [
      figures.microsPerDelivery,
      figures.microsPerPacket,
      figures.bytesPerConnection,
      figures.bytesPerTalker,
    ]
    for (const figure of flat) expect(figure).toBeGreaterThan(0)
  })

  test('and what they come to stands in docs/operations/scale.md (npm run bench -- model writes it)', async () => {
    const page = await readFile(SCALE_PAGE, 'utf8')
    expect(withoutCheck(page)).toBe(withoutCheck(filledPage(page, modelParts(), simulationParts())))
    for (const name of Object.keys(modelParts())) expect(page).toContain(`<!-- model: ${name} -->`)
    for (const name of Object.keys(simulationParts())) expect(page).toContain(`<!-- simulation: ${name} -->`)
  })
})
