import { readdir, readFile } from 'node:fs/promises'

const USER_TIME_FIELD = 11
const SYSTEM_TIME_FIELD = 12
/** Linux reports times in hundredths of a second on every architecture that Node supports. */
const MICROS_PER_TICK = 10_000

/** User and system time of a process since its start, in microseconds. Linux only. */
export async function cpuMicrosOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The program's name, in parentheses, may have spaces in it: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[USER_TIME_FIELD]) + Number(fields[SYSTEM_TIME_FIELD])) * MICROS_PER_TICK
}

/** Memory of a process in RAM. Linux only. */
export async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}

/** The child of `pid` that runs this program; `null` when there is none. Linux only. */
export async function childRunning(program: string, pid: number): Promise<number | null> {
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter((id) => id !== '')) {
      const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '')
      if (name.trim() === program) return Number(child)
    }
  }
  return null
}
