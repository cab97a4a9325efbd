/** `npm run check`: everything that can be known without running the product. Runs two steps at a time and reports all of them. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { checkBoundaries } from './check-boundaries.ts'

interface Step {
  readonly name: string
  /** Resolves with what is wrong, as text to print; empty when all is well. */
  readonly run: () => Promise<string>
}

const root = dirname(import.meta.dirname)
process.chdir(root)

/** Runs a script on this Node; its output counts only when it fails. */
function command(name: string, script: string, ...args: string[]): Step {
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      const collect = (chunk: Buffer): void => {
        output += chunk.toString()
      }
      child.stdout.on('data', collect)
      child.stderr.on('data', collect)
      child.once('error', reject)
      child.once('close', (code) => resolve(code === 0 ? '' : output || `exited with ${code}`))
    })
  return { name, run }
}

const typeProjects = (): string[] => [
  'tsconfig.tests.json',
  ...readdirSync('packages')
    .map((name) => `packages/${name}`)
    .concat('bench')
    .filter((folder) => existsSync(join(folder, 'tsconfig.json'))),
]

/**
 * All projects, each once: what a project exports is kept as declarations in `node_modules/.cache/types`, and only what
 * changed since is looked at again. With more than one checker, each would learn the types of the libraries anew.
 */
const types = command(
  'types',
  'node_modules/typescript7/bin/tsc',
  ...['--build', ...typeProjects(), '--checkers', '1', '--builders', '2'],
)

const boundaries: Step = {
  name: 'import boundaries',
  run: async () => {
    const { modules, violations } = await checkBoundaries(root)
    if (modules === 0) return 'No module was read: dependency-cruiser needs TypeScript 6 under the name `typescript`.'
    return violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).join('\n')
  },
}

/** Files made from the sources: each script fails with `--check` when its files are out of date. */
const generators = (): Step[] =>
  readdirSync('packages')
    .map((name) => `packages/${name}/scripts/generate.ts`)
    .filter((script) => existsSync(script))
    .map((script) => command(`generated files (${script})`, script, '--check'))

const bundleBudget = (): Step[] =>
  existsSync('packages/web/dist/index.html') ? [command('bundle budget', 'packages/web/scripts/check-bundle.mjs')] : []

const steps: Step[] = [
  types,
  command(
    'biome',
    'node_modules/@biomejs/biome/bin/biome',
    'check',
    '--error-on-warnings',
    '--max-diagnostics=100',
    '.',
  ),
  command('knip', 'node_modules/knip/bin/knip.js', '--no-progress'),
  boundaries,
  ...generators(),
  ...bundleBudget(),
]

const waiting = [...steps]
const broken: string[] = []
async function work(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const startedAt = performance.now()
    const problem = await step.run()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${problem === '' ? '✓' : '✗'} ${step.name} (${seconds} s)`)
    if (problem === '') continue
    console.log(problem.trimEnd())
    broken.push(step.name)
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work))
console.log(broken.length === 0 ? `${steps.length} checks passed` : `Failed: ${broken.join(', ')}`)
process.exitCode = broken.length === 0 ? 0 : 1
