import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { capacityOf } from '../capacity.ts'
import type { Figures } from '../figures.ts'
import { profileOf, SIZES } from '../profile.ts'
import type { SimulatedSite, Simulation } from './report-simulation.ts'
import { type SimulatedBackground, simulateBackground } from './simulate-background.ts'
import { simulateTraffic } from './simulate-traffic.ts'

export interface SimulationOptions {
  readonly seed: number
  /** Conversations of each size. */
  readonly samples: readonly number[]
  readonly messagesEach: number
}

export const SIMULATION: SimulationOptions = { seed: 1, samples: [60, 30, 8, 1], messagesEach: 5 }

const NODES_IN_THE_BACKGROUND = [10, 100]
const ROOMS = 20

/** Simulates each size on as many nodes as the model says that it needs. */
export async function runSimulation(
  figures: Figures,
  { seed, samples, messagesEach }: SimulationOptions,
  tell: (line: string) => void,
): Promise<Simulation> {
  const sites: SimulatedSite[] = []
  for (const people of SIZES) {
    const profile = profileOf(people)
    const { nodes } = capacityOf(profile, figures)
    sites.push({ people, traffic: await simulateTraffic({ profile, nodes, seed, samples, messagesEach }) })
    tell(`${people} people on ${nodes} nodes, seed ${seed}: done`)
  }
  const background: SimulatedBackground[] = []
  for (const nodes of NODES_IN_THE_BACKGROUND) background.push(await simulateBackground(nodes, ROOMS))
  return { sites, background }
}

/** Writes it where `readSimulation` finds it. */
export const saveSimulation = (folder: string, simulation: Simulation): Promise<void> =>
  writeFile(join(folder, 'simulation.json'), `${JSON.stringify(simulation, null, 2)}\n`)

export const readSimulation = (folder: string): Simulation =>
  JSON.parse(readFileSync(join(folder, 'simulation.json'), 'utf8')) as Simulation
