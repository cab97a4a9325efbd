import type { Change, Position, Said } from './chat-line.ts'

/** What somebody was told of one conversation, from where they began. */
export interface Account {
  /** Up to here everything was told. */
  readonly position: Position
  /** What was said since they began, in the order of its places. */
  said(): readonly Said[]
  /** From now on it is told by a new line, which goes on from the position. */
  onNewLine(): void
  /** Takes what a line tells, live or by recovery. */
  take(change: Change): void
  /** Takes the answer to one's own sending, which the line that asked is not told otherwise. */
  takeAnswer(change: Change): void
  /** What a line told twice, out of order, or not at all though it was somebody else's: there must be nothing. */
  faults(): readonly string[]
}

export function openAccount(start: Position): Account {
  const told = new Map<number, Said | null>()
  const answered = new Set<number>()
  const passedOver = new Set<number>()
  const disorder: string[] = []
  let { rev } = start
  let lastOfLine = rev

  function note(change: Change): void {
    told.set(change.rev, change.said)
    while (told.has(rev + 1)) rev += 1
  }

  return {
    get position() {
      return { epoch: start.epoch, rev }
    },
    said: () => [...told].sort(([a], [b]) => a - b).flatMap(([, said]) => (said === null ? [] : [said])),
    onNewLine() {
      lastOfLine = rev
    },
    take(change) {
      if (change.rev <= lastOfLine) disorder.push(`${change.rev} was told after ${lastOfLine}`)
      for (let place = lastOfLine + 1; place < change.rev; place += 1) passedOver.add(place)
      lastOfLine = change.rev
      note(change)
    },
    takeAnswer(change) {
      answered.add(change.rev)
      if (change.rev > rev) note(change)
    },
    faults: () => [
      ...disorder,
      ...[...passedOver].filter((place) => !answered.has(place)).map((place) => `${place} was passed over`),
    ],
  }
}
