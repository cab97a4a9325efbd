import { z } from 'zod'
import { anyJson, emojiInput, fitsIn, idInput, roomIdInput, timestamp } from '../common.ts'
import { SIZES } from '../limits.ts'

export const mediaSource = z.enum(['mic', 'camera', 'screen'])
/** A screen brings the sound of its tab as a stream of its own. */
export const streamSource = z.enum(['mic', 'camera', 'screen', 'screen-audio'])
export const videoLayer = z.enum(['off', 'low', 'medium', 'high'])
/** A line as the person on it measured it. */
export const lineQuality = z.enum(['good', 'fair', 'poor'])
export const topology = z.enum(['mesh', 'sfu'])

/** JSON of what one side says to the other. */
const signalSized = <Schema extends z.ZodType>(schema: Schema) =>
  schema.refine((value) => fitsIn(JSON.stringify(value), SIZES.maxSignalBytes), {
    message: `must be at most ${SIZES.maxSignalBytes} bytes of JSON`,
  })

/** As the browser's `RTCSessionDescriptionInit`. */
export const description = z.object({ type: z.enum(['offer', 'answer']), sdp: z.string().max(SIZES.maxSignalBytes) })
/** As the browser's `RTCIceCandidateInit`; `null` says that there are no more. Opaque to the server. */
export const candidate = anyJson
/** What an m-line carries, or what one wants to see. */
export const stream = z.object({
  mid: z.string().max(64).optional(),
  source: streamSource,
  /** Whose it is; left out of what one sends oneself. */
  userId: idInput.optional(),
  layer: videoLayer.optional(),
})

const streams = z.array(stream).max(SIZES.maxStreams)
/** May be left out where it is clear: a session is in voice in one chat at most. */
const chatId = roomIdInput.optional()
const inRoom = roomIdInput
const participantId = idInput

/** What people in voice, and those who look after them, send. */
export const voiceMessages = {
  /** Again by the same session: the same place, and fresh media. */
  'voice:join': z.object({
    chatId: inRoom,
    muted: z.boolean().optional(),
    /** The camera will be on: counts at once where few may send video. */
    video: z.boolean().optional(),
    listenOnly: z.boolean().optional(),
  }),
  'voice:leave': z.object({ chatId }),
  /** Fresh ones, before those of `voice:join` are no good any more. */
  'voice:ice-servers': z.object({ chatId }),
  'voice:mute': z.object({ muted: z.boolean(), deafened: z.boolean().optional(), chatId }),
  'voice:publish': z.object({ source: mediaSource, chatId }),
  'voice:unpublish': z.object({ source: mediaSource, chatId }),
  /** Under mesh to somebody (`to`), under sfu to the server. */
  'voice:signal': signalSized(
    z.object({
      chatId,
      to: idInput.optional(),
      description: description.optional(),
      candidate: candidate.optional(),
      streams: streams.optional(),
      /** Under sfu: ICE begins anew on the leg by which one receives. */
      restart: z.boolean().optional(),
      /** Which leg a candidate is for, under sfu. */
      leg: z.enum(['publish', 'subscribe']).optional(),
    }),
  ),
  /** One's own level, under mesh; under sfu the media server knows it. */
  'voice:speaking': z.object({ speaking: z.boolean(), level: z.number().min(0).max(1), chatId }),
  'voice:hand': z.object({ raised: z.boolean(), chatId }),
  'voice:react': z.object({ emoji: emojiInput, chatId }),
  'voice:quality': z.object({ quality: lineQuality, chatId }),
  /** `hard`: they can't unmute until it is lifted. `muted: false` lifts that, and asks them to unmute. */
  'room:mute-member': z.object({
    chatId: inRoom,
    participantId,
    muted: z.boolean().optional(),
    hard: z.boolean().optional(),
  }),
  /** All but host, moderators and the caller. */
  'room:mute-all': z.object({ chatId: inRoom, hard: z.boolean().optional() }),
  /** On: whoever comes from now on is a listener. */
  'room:set-stage': z.object({ chatId: inRoom, stage: z.boolean() }),
  'room:end': z.object({ chatId: inRoom }),
  'room:record': z.object({ chatId: inRoom, on: z.boolean() }),
} as const

export const voiceParticipant = z.object({
  userId: z.string(),
  name: z.string(),
  joinedAt: timestamp,
  /** How often they have joined. A new number: connections to them, under mesh, begin anew. */
  legs: z.int(),
  muted: z.boolean(),
  hardMuted: z.boolean(),
  deafened: z.boolean(),
  /** By their own wish, or because they are a listener. */
  listenOnly: z.boolean(),
  speaking: z.boolean(),
  sources: z.array(mediaSource),
  /** Since when their hand is up. */
  hand: timestamp.nullable(),
  quality: z.enum([...lineQuality.options, 'unknown']),
})
export const recording = z.object({ startedAt: timestamp, byId: z.string() })

const inChat = { chatId: z.string() }

/** What people are told of voice: stored nowhere. */
export const voiceEvents = {
  /** The whole list, after every change, at most four times a second. */
  'voice:state': z.object({
    ...inChat,
    topology,
    participants: z.array(voiceParticipant),
    recording: recording.nullable(),
    stage: z.boolean(),
  }),
  /** `level` is from 0 to 1. */
  'voice:speaking': z.object({ ...inChat, userId: z.string(), speaking: z.boolean(), level: z.number() }),
  /** From somebody under mesh; without `from` from the server. */
  'voice:signal': z.object({
    ...inChat,
    from: z.string().optional(),
    description: description.optional(),
    candidate: candidate.optional(),
    streams: z.array(stream).optional(),
  }),
  /** Join the media again, nothing else. */
  'voice:moved': z.object(inChat),
  /** To a session that is out of voice by no wish of its own. */
  'voice:ended': z.object({ ...inChat, reason: z.enum(['left', 'elsewhere', 'kicked', 'expired', 'unavailable']) }),
  'voice:unmute-asked': z.object({ ...inChat, byId: z.string(), byName: z.string() }),
  /** Whether the media server receives anything of one's microphone while it is open. */
  'voice:unheard': z.object({ ...inChat, heard: z.boolean() }),
  'voice:reaction': z.object({ ...inChat, userId: z.string(), emoji: z.string() }),
} as const

const done = z.object({})

/** What the callbacks of these get with `ok: true`, but for those of `voice:join` and `voice:ice-servers`. */
export const voiceAnswers = {
  'voice:leave': done,
  'voice:mute': done,
  'voice:publish': done,
  'voice:unpublish': done,
  'voice:signal': done,
  'voice:speaking': done,
  'voice:hand': done,
  'voice:react': done,
  'voice:quality': done,
  'room:mute-member': done,
  'room:mute-all': done,
  'room:set-stage': done,
  'room:end': done,
  'room:record': done,
} as const

export type MediaSource = z.infer<typeof mediaSource>
export type StreamSource = z.infer<typeof streamSource>
export type VideoLayer = z.infer<typeof videoLayer>
export type Topology = z.infer<typeof topology>
export type VoiceParticipant = z.infer<typeof voiceParticipant>
export type Recording = z.infer<typeof recording>
export type MediaStreamInfo = z.infer<typeof stream>
