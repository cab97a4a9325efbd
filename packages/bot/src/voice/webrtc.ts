import { BotError } from '../bot-error.ts'

/** libdatachannel, as Node's binding shows it. */
export type WebRtc = typeof import('node-datachannel')

/** Loads it when it is needed: a bot that only writes does without. Rejects with `BotError` where it has no build. */
export async function loadWebRtc(): Promise<WebRtc> {
  try {
    return await import('node-datachannel')
  } catch (cause) {
    throw new BotError(
      'no-voice',
      `Voice does not work on this system (${process.platform} ${process.arch}): node-datachannel has no build for it. Chat does.`,
      { cause },
    )
  }
}
