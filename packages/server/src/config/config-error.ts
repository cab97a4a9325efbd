/** The configuration can not be used. `problems` names every mistake, each with what to write instead. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['The configuration has mistakes:', ...problems.map((problem) => `  - ${problem}`)].join('\n'))
    this.problems = problems
  }
}
