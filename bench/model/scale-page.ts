import { readFile, writeFile } from 'node:fs/promises'
import { type ModelParts, modelParts, simulationParts } from './print-model.ts'

export const SCALE_PAGE = new URL('../../docs/operations/scale.md', import.meta.url).pathname

/** A place in the page: what stands between its two marks is the model's. */
const PLACE = /<!-- (model|simulation): ([\w ]+) -->\n[\s\S]*?\n<!-- end -->/g

/** The page with every table as it is by now. Throws for a place that nothing is printed for. */
export function filledPage(page: string, model: ModelParts, simulation: ModelParts): string {
  return page.replaceAll(PLACE, (_, kind: 'model' | 'simulation', name: string) => {
    const text = { model, simulation }[kind][name]
    if (text === undefined) throw new Error(`nothing is printed for ${kind}: ${name}`)
    return `<!-- ${kind}: ${name} -->\n${text}\n<!-- end -->`
  })
}

/** The page without the check of the model, which is as it was when both were measured last. */
export const withoutCheck = (page: string): string =>
  page.replaceAll(PLACE, (place, _, name: string) => (name === 'cluster' ? '' : place))

/** Writes the page anew, by the results that are saved. */
export async function writeScale(): Promise<void> {
  const page = await readFile(SCALE_PAGE, 'utf8')
  await writeFile(SCALE_PAGE, filledPage(page, modelParts(), simulationParts()))
}
