import type { TestModule } from 'vitest/node'

export interface TestReport {
  readonly passed: number
  readonly failed: number
  /** Each test that neither passed nor failed. */
  readonly silent: string[]
}

/** Every test that did not pass, as a line: failed ones, and those that never ran. */
export function reportModules(modules: readonly TestModule[]): TestReport {
  let passed = 0
  let failed = 0
  const silent: string[] = []
  for (const module of modules) {
    if (!module.ok() && [...module.children.allTests()].length === 0) failed += 1
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      else if (state === 'failed') failed += 1
      else silent.push(`${state}: ${module.relativeModuleId} > ${test.fullName}`)
    }
  }
  return { passed, failed, silent }
}
