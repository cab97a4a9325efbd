import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import config from '../.dependency-cruiser.mjs'

export interface BoundaryReport {
  /** How many source files of ours were read: 0 means that the tool is blind, not that all is well. */
  readonly modules: number
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[]
}

export const RULE_NAMES: readonly string[] = config.forbidden.map((rule) => rule.name)

/** Checks who imports whom in the checkout at `root`. */
export async function checkBoundaries(root: string): Promise<BoundaryReport> {
  const folders = ['packages', 'test', 'scripts', 'bench'].filter((folder) => existsSync(join(root, folder)))
  const { enhancedResolveOptions, ...options } = config.options
  const { output } = await cruise(
    folders,
    { ...options, baseDir: root, ruleSet: { forbidden: config.forbidden }, validate: true },
    enhancedResolveOptions,
  )
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with a text instead of a result')
  const { modules, summary }: ICruiseResult = output
  return {
    modules: modules.filter(({ source }) => !source.includes('node_modules') && /\.tsx?$/.test(source)).length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}
