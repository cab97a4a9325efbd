import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** Where and when a result was measured. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
  readonly date: string
  /** How many processes wanted a core in the minute before: what others did on the machine. */
  readonly loadAverage: number
}

/** This machine, now. */
export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}

/** The machine in one line. */
export function machineLine(machine: Machine): string {
  const gigabytes = Math.round(machine.memoryBytes / 2 ** 30)
  return `${machine.cpu}, ${machine.cores} cores, ${gigabytes} GB, ${machine.system}, Node ${machine.node}, ${machine.date}, load before the run ${machine.loadAverage}`
}

/** Ends with a clear message when this process may not open `needed` sockets at a time. */
export function requireOpenFiles(needed: number): void {
  const report = process.report.getReport() as { userLimits?: { open_files?: { hard?: number | string } } }
  const allowed = report.userLimits?.open_files?.hard
  if (typeof allowed === 'number' && allowed < needed) {
    throw new Error(`${needed} open files are needed and ${allowed} allowed: raise it with ulimit -n ${needed}`)
  }
}
