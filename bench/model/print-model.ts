import { clusterTable } from './check-cluster.ts'
import { readFigures } from './figures.ts'
import { PRICE_LISTS } from './prices.ts'
import { type Profile, profileOf, SIZES } from './profile.ts'
import {
  backTable,
  breakingTable,
  costTable,
  demandTable,
  figuresTable,
  needsTable,
  pricesTable,
  profileTable,
  workTable,
} from './report-model.ts'
import { backgroundTable, presenceTable, trafficTable } from './simulation/report-simulation.ts'
import { readSimulation } from './simulation/run-simulation.ts'

/** Where the results of the benches are. */
export const RESULTS = new URL('../results/', import.meta.url).pathname

/** What the model says, in parts; the names are those of the places for it in `docs/operations/scale.md`. */
export type ModelParts = Readonly<Record<string, string>>

/** The model by the figures in this folder, for these profiles. */
export function modelParts(
  folder = RESULTS,
  profiles: readonly Profile[] = SIZES.map((size) => profileOf(size)),
): ModelParts {
  const figures = readFigures(folder)
  const costs = PRICE_LISTS.map((prices) => [`cost ${prices.name}`, costTable(profiles, figures, prices)])
  return {
    profile: profileTable(),
    needs: needsTable(profiles, figures),
    demand: demandTable(profiles, figures),
    work: workTable(profiles.slice(0, 2), figures),
    breaking: breakingTable(profiles, figures),
    back: backTable(profiles, figures),
    ...Object.fromEntries(costs),
    prices: pricesTable(),
    figures: figuresTable(figures),
    cluster: clusterTable(folder, figures),
  }
}

/** What the simulation saved in this folder has counted, in parts as above. */
export function simulationParts(folder = RESULTS): ModelParts {
  const simulation = readSimulation(folder)
  return {
    traffic: trafficTable(simulation),
    presence: presenceTable(simulation),
    background: backgroundTable(simulation),
  }
}

/** As it is printed. */
export const textOf = (parts: ModelParts): string =>
  Object.entries(parts)
    .map(([name, text]) => `## ${name}\n\n${text}`)
    .join('\n\n')
