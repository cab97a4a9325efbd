import type { Talker, TalkerRoom } from './voice-room.ts'

export interface JoinTimes {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly count: number
}

/** Somebody joins a room where one person talks, again and again: from the click to the first of the other's sound. */
export async function measureJoins(room: TalkerRoom, count = 12): Promise<JoinTimes> {
  const talker = await room.enter(440)
  const newcomer = await room.enter(660)
  await talker.page.evaluate(() => window.talker.join())
  const times: number[] = []
  for (let round = 0; round < count; round += 1) {
    times.push(await joinOnce(newcomer))
    await newcomer.page.evaluate(() => window.talker.voice.leave())
    // What is told of the leaving is no part of the next joining.
    await talker.page.waitForTimeout(300)
  }
  times.sort((one, other) => one - other)
  const at = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0)
  return { p50Ms: at(0.5), p95Ms: at(0.95), count }
}

const joinOnce = ({ page }: Talker): Promise<number> =>
  page.evaluate(async () => {
    const heard = window.talker.untilHeard(440)
    await window.talker.join()
    return heard
  })

/** For whoever reads the run. */
export const report = (what: string, { p50Ms, p95Ms, count }: JoinTimes): void => {
  process.stdout.write(`${what}: p50 ${p50Ms} ms, p95 ${p95Ms} ms of ${count}\n`)
}
