import type { PeerConnection, RtcConfig, Track } from 'node-datachannel'
import { audioLevelLine } from './audio-sdp.ts'
import type { WebRtc } from './webrtc.ts'

export interface PeerLegOptions {
  readonly rtc: WebRtc
  readonly name: string
  readonly iceServers: RtcConfig['iceServers']
  /** The other side offered a line that was not there before. */
  readonly onTrack: (track: Track) => void
  /** A way to us that is not in the descriptions told before. */
  readonly onCandidate: (candidate: { readonly candidate: string; readonly sdpMid: string }) => void
  readonly onState: (state: string) => void
}

/** A line of ours. */
interface AudioLine {
  readonly mid: string
  readonly direction: 'SendOnly' | 'SendRecv' | 'RecvOnly'
  readonly payloadType: number
  /** 0: without levels. */
  readonly levelId: number
  readonly ssrc: number
  /** By what the other side may know whose it is. */
  readonly streamId: string
}

/** One peer connection. What it makes of a broken description it throws as an error. */
export interface PeerLeg extends Disposable {
  /** As by `RTCPeerConnection.connectionState`. */
  readonly state: string
  readonly isStable: boolean
  /** Before the offer or answer that tells of it. */
  addLine(line: AudioLine): Track
  offer(): Promise<string>
  /** Takes an offer and returns the answer. */
  answer(offer: string): Promise<string>
  accept(answer: string): void
  /** One before the description that it belongs to waits for it; one that is not understood is passed over. */
  addCandidate(candidate: string, mid: string): void
}

/** Ways in the own network are known at once; those that take longer follow by themselves. */
const GATHER_MS = 300

export function createPeerLeg(options: PeerLegOptions): PeerLeg {
  const { rtc, name, iceServers } = options
  const connection: PeerConnection = new rtc.PeerConnection(name, { iceServers, disableAutoNegotiation: true })
  const early: { readonly candidate: string; readonly mid: string }[] = []
  let gathered: () => void = () => undefined
  /** The description told last; `null` before the first. */
  let told: string | null = null
  let isClosed = false

  /** What the binding still delivers after the end is not for us. */
  const whileOpen =
    <A extends readonly unknown[]>(listener: (...args: A) => void) =>
    (...args: A): void => {
      if (!isClosed) listener(...args)
    }
  const tracks: Track[] = []
  /** The binding keeps the process alive for a track that was not closed, or that nobody asked to hear the end of. */
  const keep = (track: Track): Track => {
    track.onClosed(() => undefined)
    tracks.push(track)
    return track
  }
  connection.onTrack(whileOpen((track) => options.onTrack(keep(track))))
  connection.onStateChange(whileOpen(options.onState))
  connection.onGatheringStateChange(whileOpen((state) => state === 'complete' && gathered()))
  connection.onLocalCandidate(
    whileOpen((line, sdpMid) => {
      const candidate = line.replace(/^a=/, '')
      if (told !== null && !told.includes(candidate)) options.onCandidate({ candidate, sdpMid })
    }),
  )

  async function described(): Promise<string> {
    if (connection.gatheringState() !== 'complete') {
      const { promise, resolve } = Promise.withResolvers<void>()
      gathered = resolve
      const late = setTimeout(resolve, GATHER_MS)
      await promise
      clearTimeout(late)
    }
    if (isClosed) throw new Error('The connection was closed.')
    told = connection.localDescription()?.sdp ?? ''
    return told
  }

  /** Out of turn it would end the whole process: the binding lets libdatachannel's error through, and a connection that fails is closed in a thread of its own. */
  function describe(type: 'offer' | 'answer'): void {
    const turn = type === 'offer' ? 'stable' : 'have-remote-offer'
    if (isClosed || connection.signalingState() !== turn) throw new Error(`The connection can make no ${type} now.`)
    connection.setLocalDescription(type)
  }

  function setRemote(sdp: string, type: 'offer' | 'answer'): void {
    if (isClosed) throw new Error('The connection was closed.')
    connection.setRemoteDescription(sdp, type)
    for (const { candidate, mid } of early.splice(0)) addCandidate(candidate, mid)
  }

  function addCandidate(candidate: string, mid: string): void {
    if (connection.remoteDescription() === null) {
      early.push({ candidate, mid })
      return
    }
    try {
      connection.addRemoteCandidate(candidate, mid)
    } catch {
      // There are others.
    }
  }

  return {
    get state() {
      return isClosed ? 'closed' : connection.state()
    },
    get isStable() {
      return connection.signalingState() === 'stable'
    },
    addLine({ mid, direction, payloadType, levelId, ssrc, streamId }) {
      const audio = new rtc.Audio(mid, direction)
      audio.addOpusCodec(payloadType, 'minptime=10;useinbandfec=1')
      if (levelId > 0) audio.parseSdpLine(audioLevelLine(levelId))
      if (direction !== 'RecvOnly') audio.addSSRC(ssrc, streamId, streamId, `${streamId}-${mid}`)
      return keep(connection.addTrack(audio))
    },
    async offer() {
      describe('offer')
      return described()
    },
    async answer(offer) {
      setRemote(offer, 'offer')
      describe('answer')
      return described()
    },
    accept: (answer) => setRemote(answer, 'answer'),
    addCandidate,
    [Symbol.dispose]() {
      if (isClosed) return
      isClosed = true
      gathered()
      for (const track of tracks) track.close()
      connection.close()
    },
  }
}
