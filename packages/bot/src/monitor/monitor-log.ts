import type { Bot } from '../bot.ts'
import type { Measurement } from './measurement.ts'

/** One person speaking, without a pause. Unix ms. */
export interface Turn {
  readonly userId: string
  readonly from: number
  readonly to: number
}

/** All that a monitor saw. */
export interface MonitorLog {
  readonly roomName: string
  readonly startedAt: number
  readonly endedAt: number
  /** Names by id, of everybody who was in voice. */
  readonly names: ReadonlyMap<string, string>
  readonly measurements: readonly Measurement[]
  readonly turns: readonly Turn[]
  /** Times that the bot's media had to begin anew. */
  readonly rejoins: number
}

/** Keeps what a bot tells, until it is taken. */
export interface MonitorKeeper {
  /** What was seen so far; who speaks at this moment is taken to end now. */
  log(): MonitorLog
  stop(): void
}

export function keepMonitorLog(bot: Pick<Bot, 'on' | 'roomName' | 'rejoins' | 'inVoice' | 'selfId'>): MonitorKeeper {
  const startedAt = Date.now()
  const names = new Map(
    bot.inVoice.filter(({ userId }) => userId !== bot.selfId).map(({ userId, name }) => [userId, name]),
  )
  const measurements: Measurement[] = []
  const turns: Turn[] = []
  const speaking = new Map<string, number>()
  const stops = [
    bot.on('voice-joined', ({ userId, name }) => names.set(userId, name)),
    bot.on('measured', (measurement) => measurements.push(measurement)),
    bot.on('speaking', ({ userId, isSpeaking, at }) => {
      const from = speaking.get(userId)
      if (isSpeaking) speaking.set(userId, at)
      else if (from !== undefined) turns.push({ userId, from, to: at })
      if (!isSpeaking) speaking.delete(userId)
    }),
  ]
  return {
    log() {
      const endedAt = Date.now()
      return {
        roomName: bot.roomName,
        startedAt,
        endedAt,
        names,
        measurements,
        turns: [...turns, ...[...speaking].map(([userId, from]) => ({ userId, from, to: endedAt }))],
        rejoins: bot.rejoins,
      }
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}

/** How long at least two people spoke at once, in ms. */
export function overlapMs(turns: readonly Turn[]): number {
  const edges = turns
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by)
  let speakers = 0
  let since = 0
  let total = 0
  for (const { at, by } of edges) {
    if (speakers >= 2) total += at - since
    speakers += by
    since = at
  }
  return total
}
