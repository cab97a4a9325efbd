import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A result in its three forms. */
export interface Report {
  readonly text: string
  readonly svg: string
  readonly data: unknown
}

/** Writes `<name>.md`, `.svg` and `.json` into the folder. */
export async function saveReport(folder: string, name: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true })
  const markdown = report.text.replace('\n\n', `\n\n![The same as a plot](${name}.svg)\n\n`)
  await Promise.all([
    writeFile(join(folder, `${name}.md`), `${markdown}\n`),
    writeFile(join(folder, `${name}.svg`), report.svg),
    writeFile(join(folder, `${name}.json`), `${JSON.stringify(report.data, null, 2)}\n`),
  ])
  console.log(`\nsaved to ${join(folder, name)}.{md,svg,json}`)
}
