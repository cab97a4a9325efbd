import type { MediaServerLoad } from '../media/open-media-plane.ts'
import type { WireStats } from '../wire/wires.ts'
import { answerOf, type HealthCheck, runChecks, type Service } from './health.ts'

interface Count {
  readonly conversations: number
  readonly members: number
}

/** Where metrics are read from. */
export interface MetricsSource {
  wires(): WireStats
  /** Everything that is open: rooms, and conversations that last. */
  conversations(): Promise<Count>
  /** Rooms alone. */
  rooms(): Promise<Count>
  /** Polls that wait for something to happen. */
  waitingPolls(): number
  /** Whether it takes work: no more while it starts, or drains. */
  isReady(): boolean
  /** Other programs that this server stands on. */
  readonly services: readonly Service[]
  /** What it needs, and how to find out whether it works. */
  readonly checks: readonly HealthCheck[]
  mediaServers(): readonly MediaServerLoad[]
  /** What came from other nodes since the start; `null` where none can be heard. */
  busStats(): { readonly received: number; readonly refused: number } | null
}

/** All of it at one time. What can't be told, because something is away, is `null`. */
export interface Reading {
  readonly wires: WireStats
  readonly conversations: Count | null
  readonly rooms: Count | null
  readonly checks: Awaited<ReturnType<typeof runChecks>>
}

/** Takes two seconds at most, whatever is away. */
export async function readAll(source: MetricsSource): Promise<Reading> {
  const [checks, conversations, rooms] = await Promise.all([
    runChecks(source.checks),
    answerOf(() => source.conversations()),
    answerOf(() => source.rooms()),
  ])
  return { wires: source.wires(), conversations: conversations?.value ?? null, rooms: rooms?.value ?? null, checks }
}
