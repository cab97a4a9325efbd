import { DomainError, type MediaStream, type StreamSource, type UserId } from '@parley/core'
import { JanusError } from './janus-errors.ts'
import type { HandleEvent, JanusDescription, PluginData } from './janus-messages.ts'
import type { JanusRoom } from './janus-room.ts'
import type { JanusHandle } from './janus-session.ts'
import { type DescribedMedia, describedMedia, withoutCandidates } from './session-description.ts'

export interface Allowed {
  readonly audio: boolean
  readonly video: boolean
}

/** A recording that runs. */
export interface Recorder {
  /** A new name for files, with their folder. */
  newBase(): string
  /** The microphone is recorded into this file. */
  add(path: string): void
}

export interface PublishLegOptions {
  readonly room: JanusRoom
  /** Under which id Janus knows what is sent. */
  readonly feed: string
  readonly userId: UserId
  /** Janus says something of the room, or of what others in it send. */
  told(data: PluginData): void
  /** Where Janus records now; `null` while it doesn't. */
  recorder(): Recorder | null
  /** What is sent, or that it arrives, has changed. */
  changed(): void
  /** Something failed that nobody waits for. */
  report(error: unknown): void
  /** Whether anything of the microphone arrives. */
  heard(isHeard: boolean): void
  /** It begins, or ends, to be loud; `dBov` is 0 (the loudest) to −127. */
  talking(isTalking: boolean, dBov: number): void
}

/** Everything that one person sends, through one PeerConnection that the browser offers. */
export interface PublishLeg {
  /** Without it nothing can be subscribed to. */
  readonly privateId: number
  /** What is sent, by mid, as soon as others can have it. */
  streams(): ReadonlyMap<string, StreamSource>
  /** Takes the browser's offer. Resolves with the answer. Rejects with `VALIDATION_FAILED`. */
  offer(sdp: string, streams: readonly MediaStream[]): Promise<string>
  /** What reaches others of what is sent now, and of what will be. */
  allow(allowed: Allowed): Promise<void>
  /** Begins or ends to record, as `recorder` says now. */
  record(): Promise<void>
  /** Ends what is sent; another offer may begin again. */
  unpublish(): Promise<void>
  close(): Promise<void>
}

const KIND: Record<StreamSource, 'audio' | 'video'> = {
  mic: 'audio',
  'screen-audio': 'audio',
  camera: 'video',
  screen: 'video',
}
const SILENCE_DBOV = 127

/** Takes a place in the room, from which nothing is sent yet. */
export async function openPublishLeg(options: PublishLegOptions): Promise<PublishLeg> {
  const { room, feed } = options
  const handle: JanusHandle = await room.attach(hear)
  const privateId = await enter()

  let streams: ReadonlyMap<string, StreamSource> = new Map()
  /** The place of the microphone among what was offered. */
  let micIndex: number | null = null
  let allowed: Allowed = { audio: true, video: true }
  /** Whether Janus has a PeerConnection, and whether that is connected. */
  let state: 'none' | 'offered' | 'connected' = 'none'
  let queue: Promise<unknown> = Promise.resolve()

  async function enter(): Promise<number> {
    try {
      const display = options.userId
      const { data } = await handle.request('join', { ptype: 'publisher', room: room.id, id: feed, display })
      options.told(data)
      if (data.private_id !== undefined) return data.private_id
      throw new Error('Janus let somebody in without a private id')
    } catch (error) {
      void handle.detach()
      throw error
    }
  }

  /** Where what is sent is recorded; every PeerConnection has files of its own. */
  let recorded: {
    readonly recorder: Recorder
    readonly filename: string
    readonly request: { readonly record: true; readonly filename: string }
  } | null = null

  /** One negotiation after another. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = queue.then(task)
    queue = turn.catch(() => undefined)
    return turn
  }

  function hear(event: HandleEvent): void {
    const data = event.plugindata?.data
    if (event.janus === 'webrtcup') {
      state = 'connected'
      inTurn(record).catch(options.report)
      options.changed()
    } else if (event.janus === 'hangup') {
      // When it comes after a new offer, it is about the connection before that.
      if (state === 'connected') forget()
    } else if (event.janus === 'media') {
      if (streams.get(event.mid ?? '') === 'mic') options.heard(event.receiving === true)
    } else if (data?.id === feed && (data.videoroom === 'talking' || data.videoroom === 'stopped-talking'))
      options.talking(data.videoroom === 'talking', -(data['audio-level-dBov-avg'] ?? SILENCE_DBOV))
    else if (data !== undefined) options.told(data)
  }

  function forget(): void {
    state = 'none'
    recorded = null
    streams = new Map()
    options.changed()
  }

  async function negotiate(
    description: JanusDescription,
    sent: ReadonlyMap<string, StreamSource>,
  ): Promise<JanusDescription | null> {
    const descriptions = [...sent].map(([mid, source]) => ({ mid, description: source }))
    try {
      if (state !== 'none') return (await handle.request('configure', { descriptions }, description)).jsep
      // Told later, but before it is connected, Janus would not begin to record.
      recorded = newFiles()
      return (await handle.request('publish', { ...recorded?.request, descriptions }, description)).jsep
    } catch (error) {
      if (!(error instanceof JanusError)) throw error
      // What was set up for it would stand in the way of the next one.
      if (state === 'none') await handle.hangup()
      throw badOffer()
    }
  }

  async function enforce(): Promise<void> {
    for (const [mid, source] of streams) await room.moderate(feed, mid, !allowed[KIND[source]])
  }

  function newFiles(): typeof recorded {
    const recorder = options.recorder()
    if (recorder === null) return null
    const filename = recorder.newBase()
    return { recorder, filename, request: { record: true, filename } }
  }

  async function record(): Promise<void> {
    // Told before, Janus would not begin.
    if (state !== 'connected') return
    if ((recorded?.recorder ?? null) !== options.recorder()) {
      if (recorded !== null) await handle.request('configure', { record: false })
      recorded = newFiles()
      if (recorded !== null) await handle.request('configure', recorded.request)
    }
    if (micIndex !== null) recorded?.recorder.add(`${recorded.filename}-audio-${micIndex}.mjr`)
  }

  async function unpublish(): Promise<void> {
    if (state === 'none') return
    forget()
    await handle.request('unpublish', {})
    await handle.hangup()
  }

  /** What can't be held back is not let in. */
  const enforceOrEnd = (): Promise<void> =>
    enforce().catch(async (error: unknown) => {
      if (!(error instanceof JanusError)) throw error
      await unpublish()
      throw error
    })

  return {
    privateId,
    streams: () => (state === 'connected' ? streams : new Map()),
    offer: (sdp, named) =>
      inTurn(async () => {
        const media = describedMedia(sdp)
        const sent = sourcesOf(media, named)
        const description = room.describe('offer', withoutCandidates(sdp))
        const jsep = await negotiate(description, sent)
        if (jsep === null) throw badOffer()
        if (state === 'none') state = 'offered'
        streams = sent
        micIndex = media.find(({ mid }) => sent.get(mid) === 'mic')?.index ?? null
        // Before the browser can send anything: it has no answer yet.
        if (!(allowed.audio && allowed.video)) await enforceOrEnd()
        await record()
        options.changed()
        return jsep.sdp
      }),
    allow: (now) =>
      inTurn(async () => {
        allowed = now
        await enforceOrEnd()
      }),
    record: () => inTurn(record),
    unpublish: () => inTurn(unpublish),
    async close() {
      streams = new Map()
      // Its files are complete once this is answered.
      if (recorded !== null) await handle.request('configure', { record: false }).catch(() => undefined)
      await handle.detach()
    },
  }
}

/** What is sent by this offer, by mid: each named source once, and as what it is. */
function sourcesOf(media: readonly DescribedMedia[], named: readonly MediaStream[]): ReadonlyMap<string, StreamSource> {
  const sent = new Map<string, StreamSource>()
  for (const { mid, kind, isSent } of media) {
    const source = named.find((stream) => stream.mid === mid)?.source
    if (!isSent) continue
    if (source === undefined || KIND[source] !== kind || [...sent.values()].includes(source)) throw badOffer()
    sent.set(mid, source)
  }
  return sent
}

const badOffer = (): DomainError =>
  new DomainError('VALIDATION_FAILED', 'This media offer can not be used. Join the conversation’s voice again.')
