import { closeSync, fstatSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'

export interface Rotation {
  /** A file of this size is put aside; `null`: whatever its size. */
  readonly maxBytes: number | null
  /** Put aside when its day (UTC) is over. */
  readonly isDaily: boolean
  /** How many files that were put aside are kept, as `….log.1` (the newest), `….log.2`, … */
  readonly kept: number
}

export interface LogFile {
  /** Appends a whole line, at once. Never throws: a full disk is no reason to stop serving. */
  write(line: string): void
  /** Looks now whether the file was moved away, as logrotate does, and begins a new one if so. */
  reopen(): void
  close(): void
}

/** Another process may have put the file aside meanwhile: looked for after so much, or so long. */
const LOOK_EVERY_BYTES = 65_536
const LOOK_EVERY_MS = 1000
const DAY_MS = 86_400_000
const MODE = 0o640

/**
 * A log file that is put aside when it is full. Several processes may write to one: a line is appended in one write,
 * and what one of them puts aside the others follow.
 */
export function openLogFile(path: string, rotation: Rotation, now: () => number): LogFile {
  let current = open()
  let unseenBytes = 0
  let lookedAt = now()

  function open() {
    const descriptor = openSync(path, 'a', MODE)
    const { ino, size, mtimeMs } = fstatSync(descriptor)
    return { descriptor, inode: ino, day: dayOf(size > 0 ? mtimeMs : now()) }
  }

  /** Follows whoever moved the file, or puts it aside itself when it is time. */
  function look(): void {
    const at = now()
    unseenBytes = 0
    lookedAt = at
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.ino === current.inode) {
      const isFull = rotation.maxBytes !== null && found.size >= rotation.maxBytes
      const isOfAnotherDay = rotation.isDaily && found.size > 0 && current.day < dayOf(at)
      if (!isFull && !isOfAnotherDay) return
      putAside(path, rotation.kept)
    }
    const before = current
    current = open()
    closeSync(before.descriptor)
  }

  const attempt = (change: () => void): void => {
    try {
      change()
    } catch {
      // It is in standard output as well; there is nowhere else to say it.
    }
  }

  return {
    write(line) {
      attempt(() => {
        if (unseenBytes >= LOOK_EVERY_BYTES || now() - lookedAt >= LOOK_EVERY_MS) look()
        unseenBytes += writeSync(current.descriptor, line)
      })
    },
    reopen: () => attempt(look),
    close: () => closeSync(current.descriptor),
  }
}

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

/** Every file takes the next number; the last one goes. */
function putAside(path: string, kept: number): void {
  rmSync(`${path}.${kept}`, { force: true })
  for (let number = kept - 1; number >= 1; number--) moveIfThere(`${path}.${number}`, `${path}.${number + 1}`)
  if (kept === 0) rmSync(path, { force: true })
  else renameSync(path, `${path}.1`)
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to)
}
