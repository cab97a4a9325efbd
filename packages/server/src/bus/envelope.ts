import type { Addressed, Audience, DomainEventType, Published, UserEventType } from '@parley/core'

/**
 * The version of the shape in which nodes speak to each other, the events' own included. It is raised when a node of the
 * release before would misread what is sent: during an upgrade each then hears of the other's writes from the store alone.
 */
const VERSION = '1'
/** The version, what it is, and who sent it. */
const HEADER_LENGTH = 18
export const NODE_ID_LENGTH = HEADER_LENGTH - 2

/** What is in an envelope for a user: each of those whom it is for has a channel of their own. */
type AddressedToOne = Omit<Addressed, 'userIds'>

type Opened =
  | { readonly kind: 'published'; readonly published: Published }
  | { readonly kind: 'addressed'; readonly addressed: AddressedToOne }
  /** Something that was to go there is lost: whoever sent this could not reach Redis. */
  | { readonly kind: 'missed' }
  /** This node has sent it. */
  | { readonly kind: 'own' }
  /** It comes from another release that says it otherwise, or from no node at all. */
  | { readonly kind: 'refused'; readonly reason: 'version' | 'malformed' | 'unknown event' }

export interface Envelopes {
  seal(published: Published): string
  sealToOne(addressed: AddressedToOne): string
  /** Says on either kind of channel that messages are missing. A node of a release before drops it, as what it can't read. */
  readonly missed: string
  open(bytes: Buffer): Opened
}

const OWN: Opened = { kind: 'own' }
const MISSED: Opened = { kind: 'missed' }
const refused = (reason: (Opened & { kind: 'refused' })['reason']): Opened => ({ kind: 'refused', reason })

/**
 * What a node of this id (`NODE_ID_LENGTH` letters and digits) puts on the bus, and reads from it: a header of fixed
 * length, by which it knows its own without reading on, then JSON.
 */
export function createEnvelopes(nodeId: string): Envelopes {
  const header = { published: `${VERSION}c${nodeId}`, addressed: `${VERSION}u${nodeId}` }
  const own = Buffer.from(nodeId)
  /** An event for many comes to each of them in the same words, one after the other. */
  let latest: { readonly text: string; readonly opened: Opened } | null = null

  function openAddressed(text: string): Opened {
    if (latest?.text === text) return latest.opened
    const addressed = parse(text)
    const opened: Opened = isAddressed(addressed)
      ? { kind: 'addressed', addressed }
      : refused(isObject(addressed) && isEvent(addressed.event) ? 'unknown event' : 'malformed')
    latest = { text, opened }
    return opened
  }

  return {
    seal: (published) => header.published + JSON.stringify(published),
    sealToOne({ event, onlySession, exceptSession }) {
      return header.addressed + JSON.stringify({ event, onlySession, exceptSession })
    },
    missed: `${VERSION}m${nodeId}`,
    open(bytes) {
      if (bytes.length < HEADER_LENGTH) return refused('malformed')
      if (bytes[0] !== VERSION.charCodeAt(0)) return refused('version')
      if (bytes.compare(own, 0, NODE_ID_LENGTH, 2, HEADER_LENGTH) === 0) return OWN
      if (bytes[1] === MISSING) return MISSED
      const text = bytes.toString('utf8', HEADER_LENGTH)
      if (bytes[1] === CHANNEL_OF_USER) return openAddressed(text)
      if (bytes[1] !== CHANNEL_OF_CONVERSATION) return refused('malformed')
      const published = parse(text)
      if (isPublished(published)) return { kind: 'published', published }
      return refused(isObject(published) && isEvent(published.event) ? 'unknown event' : 'malformed')
    },
  }
}

const MISSING = 'm'.charCodeAt(0)
const CHANNEL_OF_CONVERSATION = 'c'.charCodeAt(0)
const CHANNEL_OF_USER = 'u'.charCodeAt(0)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isEvent = (value: unknown): value is { type: string } & Record<string, unknown> =>
  isObject(value) && typeof value.type === 'string' && typeof value.at === 'number'
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'

/** That the fields which every event has are there. What else an event is made of, its version answers for. */
function isPublished(value: unknown): value is Published {
  if (!isObject(value) || !isEvent(value.event) || !isAudience(value.audience)) return false
  const { type, conversationId, rev } = value.event
  if (typeof conversationId !== 'string' || !isTextOrNull(value.exceptSession)) return false
  const kind = EVENTS[type as DomainEventType]
  return kind === 'durable' ? Number.isSafeInteger(rev) && typeof value.epoch === 'string' : kind === 'passing'
}

function isAddressed(value: unknown): value is AddressedToOne {
  if (!isObject(value) || !isEvent(value.event)) return false
  return (
    USER_EVENTS[value.event.type as UserEventType] === true &&
    isTextOrNull(value.onlySession) &&
    isTextOrNull(value.exceptSession)
  )
}

function isAudience(value: unknown): value is Audience {
  if (!isObject(value)) return false
  switch (value.kind as Audience['kind']) {
    case 'topic':
    case 'moderators':
      return true
    case 'user':
      return typeof value.userId === 'string'
    case 'sessions':
      return Array.isArray(value.sessionIds)
    default:
      return false
  }
}

/** Those that this release knows; the compiler asks for every new one. */
const EVENTS: Readonly<Record<DomainEventType, 'durable' | 'passing'>> = {
  'message.sent': 'durable',
  'message.edited': 'durable',
  'message.deleted': 'durable',
  'reaction.added': 'durable',
  'reaction.removed': 'durable',
  'member.joined': 'durable',
  'member.left': 'durable',
  'role.changed': 'durable',
  'conversation.locked': 'durable',
  'conversation.unlocked': 'durable',
  'conversation.extended': 'durable',
  'conversation.renamed': 'durable',
  'conversation.advanced': 'passing',
  'conversation.expiring': 'passing',
  'conversation.expired': 'passing',
  'typing.started': 'passing',
  'typing.stopped': 'passing',
  'receipt.moved': 'passing',
  'seat.taken': 'passing',
  'presence.changed': 'passing',
  'attendance.changed': 'passing',
  'lobby.knocked': 'passing',
  'lobby.answered': 'passing',
  'lobby.admitted': 'passing',
  'lobby.refused': 'passing',
  'member.removed': 'passing',
  'session.displaced': 'passing',
  'voice.changed': 'passing',
  'voice.speaking': 'passing',
  'voice.signalled': 'passing',
  'voice.moved': 'passing',
  'voice.ended': 'passing',
  'voice.unmute-asked': 'passing',
  'voice.heard': 'passing',
  'voice.reacted': 'passing',
}

const USER_EVENTS: Readonly<Record<UserEventType, true>> = {
  'notification.created': true,
  'notification.cleared': true,
  'status.changed': true,
  'conversation.added': true,
  'call.ringing': true,
  'call.answered': true,
  'call.rejected': true,
  'call.ended': true,
  'call.candidate': true,
  'access.revoked': true,
}
