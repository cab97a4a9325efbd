import { readFigures } from './figures.ts'
import { modelParts, RESULTS, simulationParts, textOf } from './print-model.ts'
import { profileOf } from './profile.ts'
import { writeScale } from './scale-page.ts'
import { runSimulation, SIMULATION, saveSimulation } from './simulation/run-simulation.ts'

/** Prints what so many people need. Without numbers: what stands in `docs/operations/scale.md`, which is written anew. */
export async function runModel(people: readonly number[]): Promise<void> {
  if (people.length > 0) {
    console.log(
      textOf(
        modelParts(
          RESULTS,
          people.map((count) => profileOf(count)),
        ),
      ),
    )
    return
  }
  console.log(textOf({ ...modelParts(), ...simulationParts() }))
  await writeScale()
}

/** Runs the simulation, prints what it has counted, and saves it. */
export async function runSimulate(tell: (line: string) => void): Promise<void> {
  await saveSimulation(RESULTS, await runSimulation(readFigures(RESULTS), SIMULATION, tell))
  console.log(textOf(simulationParts()))
}
