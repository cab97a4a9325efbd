import { ConfigError, type Env, type LoadedConfig, loadConfig } from '../config/index.ts'
import type { Output } from '../ops/output.ts'
import { about, type Finding } from './finding.ts'
import { formatFinding, formatSummary } from './print-findings.ts'
import { runDoctor } from './run-doctor.ts'

export interface DoctorCommand {
  readonly settings: Env
  /** One JSON document instead of lines. */
  readonly isJson: boolean
  readonly url: URL | null
}

/** `npm start -- doctor`: prints what is well and what is wrong. Resolves with the exit code: 1 when something is wrong. */
export async function doctor(
  { settings, isJson, url }: DoctorCommand,
  output: Output = process.stdout,
): Promise<0 | 1> {
  const report = (finding: Finding): void => {
    if (!isJson) output.write(`${formatFinding(finding, output.isTTY === true)}\n`)
  }
  const findings = await look(settings, url, report)
  const isWell = findings.every(({ outcome }) => outcome !== 'wrong')
  output.write(isJson ? `${JSON.stringify({ ok: isWell, findings }, null, 2)}\n` : `\n${formatSummary(findings)}\n`)
  return isWell ? 0 : 1
}

async function look(settings: Env, url: URL | null, report: (finding: Finding) => void): Promise<readonly Finding[]> {
  const loaded = load(settings)
  if ('config' in loaded) return runDoctor(loaded, { url, report })
  for (const finding of loaded.findings) report(finding)
  return loaded.findings
}

/** With settings that can not be used, nothing else can be looked at. */
function load(settings: Env): LoadedConfig | { readonly findings: readonly Finding[] } {
  try {
    return loadConfig(settings)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { wrong } = about('settings', 'Settings')
    return {
      findings: error.problems.map((problem) => wrong(problem, 'The server does not start until that is put right.')),
    }
  }
}
