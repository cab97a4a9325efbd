import type { Clock, Core } from '@parley/core'
import type { messenger } from '@parley/protocol'
import { MIN_INTERVAL_MS, PacedUpdates } from '../paced-updates.ts'
import { socketioFrame } from '../socketio-frame.ts'
import type { Subscription, Topic } from '../topic.ts'
import type { WireLogger } from '../wires.ts'
import { voiceStateView } from './voice-views.ts'

export interface VoiceUpdatesOptions {
  readonly core: Core
  readonly clock: Clock
  readonly logger: WireLogger
  /** This wire's places in the conversation. */
  readonly subscriptionsIn: (topic: Topic) => Iterable<Subscription>
}

/** Sends `voice:state` after changes, several changes in one. */
export class VoiceUpdates {
  readonly #options: VoiceUpdatesOptions
  readonly #updates: PacedUpdates

  constructor(options: VoiceUpdatesOptions) {
    const { clock, logger } = options
    this.#options = options
    this.#updates = new PacedUpdates({
      clock,
      send: (topic) => this.#send(topic),
      failed: (err) => logger.warn({ err }, 'who is in voice could not be read'),
    })
  }

  changed(topic: Topic): void {
    this.#updates.changed(topic)
  }

  async #send(topic: Topic): Promise<number> {
    const { core, subscriptionsIn } = this.#options
    const present = () => [...subscriptionsIn(topic)].filter(({ state }) => state === 'in')
    const [reader] = present()
    if (reader === undefined) return MIN_INTERVAL_MS
    const { conversationId } = topic
    const voice = await core.voice(reader.session.caller, conversationId)
    const state: messenger.ServerData<'voice:state'> = voiceStateView(conversationId, voice)
    const frame = socketioFrame('voice:state', state)
    for (const { session } of present()) session.outbound.push(frame, false)
    return MIN_INTERVAL_MS
  }
}
