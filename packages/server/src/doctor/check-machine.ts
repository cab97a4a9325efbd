import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { about, type Finding } from './finding.ts'

const OLDEST_NODE = [22, 18] as const
const BROUGHT_NODE_MAJOR = 24
/** Open files that a node with a thousand people needs: a socket each, one more behind a proxy, and files. */
const MIN_FILES = 4096
const WANTED_FILES = 65_536
const MIN_MEMORY_BYTES = 1024 ** 3
const GIGABYTE = 1024 ** 3

export interface Machine {
  readonly nodeVersion: string
  /** `null` where the system does not say. */
  readonly fileLimit: number | null
  readonly memoryBytes: number
  readonly processors: number
}

/** This process and what it runs on. */
export const readMachine = (): Machine => ({
  nodeVersion: process.versions.node,
  fileLimit: readFileLimit(),
  // Less than the machine has, in a container.
  memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
  processors: availableParallelism(),
})

function readFileLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    if (soft === undefined) return null
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return null
  }
}

export function checkMachine({ nodeVersion, fileLimit, memoryBytes, processors }: Machine): readonly Finding[] {
  const gigabytes = (memoryBytes / GIGABYTE).toFixed(1)
  const memory = about('memory', 'Memory')
  return [
    checkNode(nodeVersion),
    ...(fileLimit === null ? [] : [checkFiles(fileLimit)]),
    memoryBytes < MIN_MEMORY_BYTES
      ? memory.note(
          `${gigabytes} GB for ${processors} processors.`,
          'Rooms may hold 512 MB of messages: give Parley 1 GB or more.',
        )
      : memory.well(`${gigabytes} GB, ${processors} processors.`),
  ]
}

function checkNode(version: string): Finding {
  const { well, note, wrong } = about('node', 'Node')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    return wrong(
      `Node ${version} is too old.`,
      'Start by npm start, or with node_modules/.bin/node: that is the right one.',
    )
  }
  return major === BROUGHT_NODE_MAJOR
    ? well(`${version}.`)
    : note(`${version}: not the ${BROUGHT_NODE_MAJOR} that Parley is tested with.`, 'node_modules/.bin/node is.')
}

function checkFiles(limit: number): Finding {
  const { well, note, wrong } = about('files', 'Open files')
  const advice = `Set LimitNOFILE=${WANTED_FILES} in the systemd unit, or ulimit -n ${WANTED_FILES} in the shell that starts it.`
  if (limit < MIN_FILES) return wrong(`At most ${limit} files and connections: a busy hour needs more.`, advice)
  if (limit < WANTED_FILES) return note(`At most ${limit} files and connections.`, advice)
  return well(`At most ${limit} files and connections.`)
}
