import type { MediaStream, StreamSource, UserId, VideoLayer } from '@parley/core'
import { JanusError } from './janus-errors.ts'
import type { HandleEvent, JanusDescription, PluginData, SubscribedStream } from './janus-messages.ts'
import type { JanusRoom } from './janus-room.ts'
import type { JanusHandle } from './janus-session.ts'
import { asDtlsClient, withoutCandidates } from './session-description.ts'

/** Something that somebody sends into the room. */
export interface Published {
  readonly feed: string
  readonly mid: string
  readonly userId: UserId
  readonly source: StreamSource
}

export interface SubscribeLegOptions {
  readonly room: JanusRoom
  readonly privateId: number
  /** All that others send now. */
  published(): readonly Published[]
  /** What is to be said to the browser: an offer, and what is behind each of its mids. */
  tell(signal: { readonly description: { type: 'offer'; sdp: string }; readonly streams: readonly MediaStream[] }): void
  /** Something failed that nobody waits for. */
  report(error: unknown): void
}

/** Everything that one person receives, through one PeerConnection that Janus offers. */
export interface SubscribeLeg {
  /** What others send has changed: what is missing is asked for. */
  follow(): void
  /** The complete list of videos wanted. Audio comes by itself. */
  want(streams: readonly MediaStream[]): void
  /** The browser's answer to the last offer. Rejects with `JanusError` when it can't be used. */
  answer(sdp: string): Promise<void>
  /** An offer follows that gathers and connects anew; the last one again, when that waits for its answer. */
  restart(): void
  close(): Promise<void>
}

const SUBSTREAMS: Record<Exclude<VideoLayer, 'off'>, number> = { low: 0, medium: 1, high: 2 }
const ALL_TEMPORAL_LAYERS = 2
/** Janus's code for a feed that it does not have, or no longer. */
const NO_SUCH_FEED = 428
const isVideo = (source: StreamSource): boolean => source === 'camera' || source === 'screen'

export function createSubscribeLeg({ room, privateId, published, tell, report }: SubscribeLegOptions): SubscribeLeg {
  let handle: JanusHandle | null = null
  let slots: readonly SubscribedStream[] = []
  /** Waits for its answer. Janus is asked for nothing meanwhile that would make another one. */
  let offered: JanusDescription | null = null
  let wanted = new Map<string, VideoLayer>()
  /** The layer that each slot was last told to send, by slot and what is in it. */
  const layers = new Map<string, VideoLayer>()
  /** Feeds that Janus does not have, whatever was told of them. */
  const unknown = new Set<string>()
  let isOneByOne = false
  let isBehind = false
  let isBusy = false
  let wantsRestart = false
  let isClosed = false

  const layerOf = (stream: Published): VideoLayer => wanted.get(`${stream.source} ${stream.userId}`) ?? 'off'
  const behind = (slot: SubscribedStream): Published | undefined =>
    published().find(({ feed, mid }) => feed === slot.feed_id && mid === slot.feed_mid)

  function follow(): void {
    isBehind = true
    if (!isBusy) catchUp().catch(report)
  }

  async function catchUp(): Promise<void> {
    isBusy = true
    try {
      while ((isBehind || wantsRestart) && offered === null && !isClosed) {
        isBehind = false
        await ask()
        await setLayers()
      }
    } finally {
      isBusy = false
    }
  }

  async function ask(): Promise<void> {
    const all = published()
    const has = ({ feed, mid }: Published) => slots.some((slot) => slot.feed_id === feed && slot.feed_mid === mid)
    // A video that nobody looks at any more keeps its place and is paused: that needs no new offer.
    const isWanted = (stream: Published) => !isVideo(stream.source) || layerOf(stream) !== 'off'
    const allMissing = all.filter((stream) => !has(stream) && !unknown.has(stream.feed) && isWanted(stream))
    const missing = isOneByOne ? allMissing.slice(0, 1) : allMissing
    try {
      if (missing.length > 0) accept(await subscribe(missing.map(({ feed, mid }) => ({ feed, mid }))))
      else if (wantsRestart && handle !== null) accept(await handle.request('configure', { restart: true }))
      if (missing.length === 0) wantsRestart = false
      if (missing.length < allMissing.length) isBehind = true
      else isOneByOne = false
    } catch (error) {
      const isGone = ({ feed, mid }: Published) =>
        !published().some((stream) => stream.feed === feed && stream.mid === mid)
      if (!(error instanceof JanusError)) throw error
      // Somebody left meanwhile: what is missing is something else now.
      if (!missing.some(isGone)) {
        if (error.code !== NO_SUCH_FEED) throw error
        // Nobody is to miss the others for it.
        if (missing.length === 1) for (const { feed } of missing) unknown.add(feed)
        isOneByOne = true
      }
      isBehind = true
    }
  }

  async function subscribe(streams: readonly { feed: string; mid: string }[]) {
    if (handle !== null) return handle.request('update', { subscribe: streams })
    const opened = await room.attach(hear)
    try {
      const answer = await opened.request('join', {
        ptype: 'subscriber',
        room: room.id,
        private_id: privateId,
        use_msid: true,
        autoupdate: true,
        streams,
      })
      handle = opened
      return answer
    } finally {
      if (handle !== opened || isClosed) await opened.detach()
    }
  }

  function hear(event: HandleEvent): void {
    if (event.plugindata !== undefined) accept({ data: event.plugindata.data, jsep: event.jsep ?? null })
  }

  function accept({ data, jsep }: { data: PluginData; jsep: JanusDescription | null }): void {
    if (data.streams !== undefined) slots = data.streams
    if (jsep?.type !== 'offer' || isClosed) return
    offered = jsep
    tellOffer(jsep)
  }

  function tellOffer({ sdp }: JanusDescription): void {
    const streams = slots.flatMap((slot) => {
      const stream = slot.active ? behind(slot) : undefined
      return stream === undefined ? [] : [{ mid: slot.mid, userId: stream.userId, source: stream.source }]
    })
    tell({ description: { type: 'offer', sdp: asDtlsClient(sdp) }, streams })
  }

  async function setLayers(): Promise<void> {
    for (const slot of slots) {
      const stream = behind(slot)
      if (stream === undefined || !isVideo(stream.source)) continue
      const place = `${slot.mid} ${stream.feed} ${stream.mid}`
      const layer = layerOf(stream)
      if (layers.get(place) === layer) continue
      const asked =
        layer === 'off'
          ? { mid: slot.mid, send: false }
          : { mid: slot.mid, send: true, substream: SUBSTREAMS[layer], temporal: ALL_TEMPORAL_LAYERS }
      layers.set(place, layer)
      await handle?.request('configure', { streams: [asked] })
    }
  }

  return {
    follow,
    want(streams) {
      wanted = new Map(streams.map(({ source, userId, layer }) => [`${source} ${userId}`, layer ?? 'high']))
      follow()
      // While an offer waits, layers change all the same.
      if (offered !== null) setLayers().catch(report)
    },
    async answer(sdp) {
      if (offered === null || handle === null) return
      offered = null
      try {
        await handle.request('start', {}, room.describe('answer', withoutCandidates(sdp)))
      } finally {
        follow()
      }
    },
    restart() {
      wantsRestart = true
      if (offered !== null) tellOffer(offered)
      else follow()
    },
    async close() {
      isClosed = true
      await handle?.detach()
    },
  }
}
