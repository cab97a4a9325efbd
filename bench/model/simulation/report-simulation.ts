import { type Cells, markdownTable } from '../../src/report/table.ts'
import type { SimulatedBackground } from './simulate-background.ts'
import type { SimulatedTraffic } from './simulate-traffic.ts'

/** A site of so many people on so many nodes. */
export interface SimulatedSite {
  readonly people: number
  readonly traffic: SimulatedTraffic
}

export interface Simulation {
  readonly sites: readonly SimulatedSite[]
  readonly background: readonly SimulatedBackground[]
}

const two = (value: number): string => value.toFixed(2)
const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** Who hears of what is said, by the size of the conversation and of the site. */
export function trafficTable({ sites }: Pick<Simulation, 'sites'>): string {
  const cells: Cells = [
    ['people', 'nodes', 'members', 'sessions', 'nodes that hold them', 'that heard', 'by the formula', 'most', 'bytes'],
    ...sites.flatMap(({ people, traffic }) =>
      traffic.sizes.map((size) => [
        whole(people),
        whole(traffic.nodes),
        whole(size.members),
        two(size.sessions),
        two(size.holding),
        two(size.heardOf.message),
        two(size.expectedHolding),
        `${whole(size.mostHeard)} of ${whole(size.mostSessions)}`,
        whole(size.bytesOfMessage),
      ]),
    ),
  ]
  return markdownTable(cells)
}

/** Who hears that somebody comes and goes. */
export function presenceTable({ sites }: Pick<Simulation, 'sites'>): string {
  const cells: Cells = [
    ['people', 'nodes', 'members', 'sessions of contacts', 'events handed over', 'heard'],
    ...sites.flatMap(({ people, traffic }) =>
      traffic.sizes.map((size) => [
        whole(people),
        whole(traffic.nodes),
        whole(size.members),
        two(size.contactSessions),
        two(size.told),
        two(size.toldHeard),
      ]),
    ),
  ]
  return markdownTable(cells)
}

/** What nodes ask for by themselves. */
export function backgroundTable({ background }: Pick<Simulation, 'background'>): string {
  const cells: Cells = [
    ['nodes', 'sweeps a node and second', 'looks a node and second', 'deadlines met', 'looks for each deadline'],
    ...background.map((one) => [
      whole(one.nodes),
      two(one.sweepsPerNode),
      two(one.looksPerNode),
      whole(one.deadlines),
      two(one.looksPerDeadline),
    ]),
  ]
  return markdownTable(cells)
}
