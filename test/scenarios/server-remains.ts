import { type FileHandle, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpawnedServer } from '@parley/testkit'
import { freeze } from '@parley/testkit/services'

const CHUNK_BYTES = 4 * 1024 * 1024

/** What a server has of each of these: how many of them are in its memory, and in the files of its folder and its log. */
export interface Remains {
  readonly memory: readonly string[]
  readonly files: readonly string[]
  /** How much memory was searched. */
  readonly memoryBytes: number
}

/** Searches all that a server's processes can write to, as they stand at one moment, and all files of its folder. */
export async function searchRemains(
  { pids, directory, output }: SpawnedServer,
  texts: readonly string[],
): Promise<Remains> {
  const inMemory = createSearch(texts)
  // What moves while we look would be looked past.
  await freeze(pids)
  try {
    for (const pid of pids) await readMemory(pid, inMemory.look)
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  const inFiles = createSearch(texts)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) inFiles.look(await readFile(join(entry.parentPath, entry.name)))
  }
  inFiles.look(Buffer.from(output()))
  return { memory: inMemory.found(), files: inFiles.found(), memoryBytes: inMemory.bytes }
}

function createSearch(texts: readonly string[]) {
  const found = new Set<string>()
  // As files and the network have it, and as V8 keeps strings in which one character needs more than a byte.
  const forms = texts.flatMap((text) =>
    [Buffer.from(text), Buffer.from(text, 'utf16le')].map((form) => ({ text, form })),
  )
  let bytes = 0
  return {
    look(data: Buffer): void {
      bytes += data.length
      for (const { text, form } of forms) if (data.includes(form)) found.add(text)
    },
    found: () => texts.filter((text) => found.has(text)),
    get bytes() {
      return bytes
    },
  }
}

/** Each writable piece of a process's memory. */
async function readMemory(pid: number, look: (data: Buffer) => void): Promise<void> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8')
  const memory = await open(`/proc/${pid}/mem`).catch((cause: unknown) => {
    throw new Error('This test reads the memory of the server that it starts: run it on Linux, as root.', { cause })
  })
  try {
    for (const [, from = '', to = ''] of maps.matchAll(/^([\da-f]+)-([\da-f]+) .w/gm)) {
      await readPiece(memory, Number.parseInt(from, 16), Number.parseInt(to, 16), look)
    }
  } finally {
    await memory.close()
  }
}

/** What lies across two chunks is seen too: the second begins a little before the end of the first. */
const OVERLAP_BYTES = 4096

async function readPiece(memory: FileHandle, from: number, to: number, look: (data: Buffer) => void): Promise<void> {
  for (let at = from; at < to; at += CHUNK_BYTES) {
    const length = Math.min(to, at + CHUNK_BYTES + OVERLAP_BYTES) - at
    const { bytesRead, buffer } = await memory.read(Buffer.allocUnsafe(length), 0, length, at)
    look(buffer.subarray(0, bytesRead))
  }
}
