/** `npm run measure-joins`: how soon somebody who joins a call hears the others, in browsers, over a mesh and through Janus. */
import { startServer } from '@parley/testkit'
import { startJanus } from '@parley/testkit/services'
import type { Talker, TalkerRoom } from '../test/browser/voice/voice-room.ts'
import { openTalkerSite } from '../test/browser/voice/voice-room.ts'

const ROUNDS = 12

/** Somebody joins a room where one person talks, again and again: from the click to the first of the other's sound, in ms. */
async function measureJoins(room: TalkerRoom): Promise<readonly number[]> {
  const talker = await room.enter(440)
  const newcomer = await room.enter(660)
  await talker.page.evaluate(() => window.talker.join())
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(await joinOnce(newcomer))
    await newcomer.page.evaluate(() => window.talker.voice.leave())
    // What is told of the leaving is no part of the next joining.
    await talker.page.waitForTimeout(300)
  }
  await room.close()
  return times.sort((one, other) => one - other)
}

const joinOnce = ({ page }: Talker): Promise<number> =>
  page.evaluate(async () => {
    const heard = window.talker.untilHeard(440)
    await window.talker.join()
    return heard
  })

function report(what: string, times: readonly number[]): void {
  const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0)
  process.stdout.write(`${what}, join to first sound: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms of ${times.length}\n`)
}

await using site = await openTalkerSite()
const config = { corsOrigins: [site.origin], rateLimits: 'off' } as const
{
  await using server = await startServer(config)
  report('mesh', await measureJoins(await site.openRoom(server.url)))
}
{
  await using janus = await startJanus()
  const { url, apiSecret, adminKey } = janus.server
  const media = { media: 'janus', janusUrls: [url], janusApiSecret: apiSecret, janusAdminKey: adminKey } as const
  await using server = await startServer({ ...config, ...media })
  report('Janus', await measureJoins(await site.openRoom(server.url)))
}
