import { readdir, readFile } from 'node:fs/promises'

/** User and system time. */
const OWN_FIELDS = [11, 12]
/** The same, and those of children that have ended. */
const OWN_AND_ENDED_CHILDREN = [11, 12, 13, 14]
/** Linux reports times in hundredths of a second on every architecture that Node supports. */
const MICROS_PER_TICK = 10_000

/** User and system time of a process since its start, in microseconds. Linux only. */
export async function cpuMicrosOf(pid: number, times: readonly number[] = OWN_FIELDS): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The program's name, in parentheses, may have spaces in it: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return times.reduce((sum, at) => sum + Number(fields[at]), 0) * MICROS_PER_TICK
}

/** The same of a process and of all that it has started by itself, those that have ended too. Linux only. */
export async function familyCpuMicrosOf(pid: number): Promise<number> {
  const children = await Promise.all((await childrenOf(pid)).map((one) => cpuMicrosOf(one).catch(() => 0)))
  const own = await cpuMicrosOf(pid, OWN_AND_ENDED_CHILDREN)
  return children.reduce((sum, one) => sum + one, own)
}

/** Memory of a process in RAM. Linux only. */
export async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}

/** A process and all that it has started, and they. Linux only. */
export async function familyOf(pid: number): Promise<number[]> {
  const families = await Promise.all((await childrenOf(pid)).map(familyOf))
  return [pid, ...families.flat()]
}

/** The process of this program that was started with `word` among its arguments. Linux only. */
export async function processRunning(program: string, word: string | number): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (name.trim() !== program) continue
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (line.includes(String(word))) return Number(pid)
  }
  throw new Error(`${program} does not run`)
}

/** The child of `pid` that runs this program; `null` when there is none. Linux only. */
export async function childRunning(program: string, pid: number): Promise<number | null> {
  for (const child of await childrenOf(pid)) {
    const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '')
    if (name.trim() === program) return child
  }
  return null
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  return (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}
