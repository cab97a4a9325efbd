/** What the VideoRoom of Janus 1.x takes and says, as far as it is used here. Source: https://janus.conf.meetecho.com/docs/videoroom */

export interface JanusDescription {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
  /** The media is encrypted end to end. Janus only passes this on. */
  readonly e2ee?: boolean
}

/** Anything that Janus says. */
export interface JanusMessage {
  readonly janus: string
  readonly transaction?: string
  /** The handle that this is about. */
  readonly sender?: number
  readonly data?: { readonly id: number }
  readonly error?: { readonly code: number; readonly reason: string }
  readonly plugindata?: { readonly data: PluginData }
  readonly jsep?: JanusDescription
  /** In `media` events: whether anything of this m-line arrives. */
  readonly mid?: string
  readonly receiving?: boolean
  /** In the answer to `info`. */
  readonly version_string?: string
  readonly plugins?: Readonly<Record<string, unknown>>
}

/** What is said to a handle: `event` of the room, and of its PeerConnection `webrtcup`, `media`, `hangup`, `slowlink`, `detached`. */
export type HandleEvent = JanusMessage

export interface PluginData {
  readonly videoroom?: string
  readonly error_code?: number
  readonly error?: string
  /** In `talking` and `stopped-talking`: who, and −dBov on average (127 is silence). */
  readonly id?: string
  readonly 'audio-level-dBov-avg'?: number
  readonly streams?: readonly SubscribedStream[]
  /** Who sends what, of others in the room. */
  readonly publishers?: readonly Publisher[]
  /** Who sends nothing any more. */
  readonly unpublished?: string
  readonly leaving?: string
  readonly kicked?: string
}

interface Publisher {
  readonly id: string
  readonly display?: string
  readonly streams?: readonly {
    readonly mid: string
    readonly description?: string
    readonly disabled?: boolean
  }[]
}

/** What is sent, in our words, by mid. Others in the room are told. */
interface Described {
  readonly descriptions?: readonly { readonly mid: string; readonly description: string }[]
}

/** One m-line of a subscriber. */
export interface SubscribedStream {
  readonly mid: string
  readonly type: 'audio' | 'video' | 'data'
  readonly active: boolean
  readonly feed_id?: string
  readonly feed_mid?: string
}

interface FeedStream {
  readonly feed: string
  readonly mid?: string
}

interface Recorded {
  readonly record?: boolean
  /** The file with its folder, and without an ending: Janus adds the kind and the place of the m-line. */
  readonly filename?: string
}

interface Secured {
  readonly room: string
  readonly secret: string
}

/** Requests by their name. */
export interface RoomRequests {
  readonly create: Secured & Readonly<Record<string, unknown>>
  readonly destroy: Secured
  readonly list: { readonly admin_key?: string }
  readonly listparticipants: { readonly room: string }
  readonly join:
    | { readonly ptype: 'publisher'; readonly room: string; readonly id: string; readonly display: string }
    | {
        readonly ptype: 'subscriber'
        readonly room: string
        readonly private_id: number
        readonly use_msid: boolean
        readonly autoupdate: boolean
        readonly streams: readonly FeedStream[]
      }
  readonly publish: Recorded & Described
  readonly unpublish: Readonly<Record<never, never>>
  readonly start: Readonly<Record<never, never>>
  readonly update: {
    readonly subscribe?: readonly FeedStream[]
    readonly unsubscribe?: readonly { readonly sub_mid: string }[]
  }
  readonly configure: Recorded &
    Described & {
      readonly restart?: boolean
      readonly streams?: readonly {
        readonly mid: string
        readonly send?: boolean
        /** Which size of simulcast: 0 (the smallest) to 2. */
        readonly substream?: number
        readonly temporal?: number
      }[]
    }
  readonly moderate: Secured & { readonly id: string; readonly mid: string; readonly mute: boolean }
  readonly kick: Secured & { readonly id: string }
}

export interface RoomAnswers extends Record<keyof RoomRequests, PluginData> {
  readonly join: PluginData & { readonly private_id?: number }
  readonly listparticipants: PluginData & { readonly participants?: readonly unknown[] }
  readonly list: PluginData & {
    readonly list?: readonly {
      readonly room: string
      readonly description: string
      readonly num_participants: number
    }[]
  }
}
