const DAY_MS = 86_400_000
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' })
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const list = new Intl.ListFormat('en-GB', { type: 'conjunction' })

export const timeOf = (at) => time.format(at)
export const joinNames = (names) => list.format(names)

const daysAgo = (at) => Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS)

/** A day in a conversation: “Today”, “Monday”, “3 May”. */
export function dayOf(at) {
  const days = daysAgo(at)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return days < 7 ? weekday.format(at) : date.format(at)
}

/** The shortest that says when. */
export const whenOf = (at) => (daysAgo(at) === 0 ? timeOf(at) : dayOf(at))

/** How the chat goes, in words that ask for no knowledge. */
export function transportWords(state) {
  switch (state.transport) {
    case 'connecting':
      return { kind: 'connecting', text: 'Connecting…' }
    case 'websocket':
    case 'polling':
      return { kind: 'live', text: 'Live' }
    case 'http':
      return { kind: 'slow', text: 'Slow lane: messages arrive with a short delay' }
    case 'offline':
      return {
        kind: 'offline',
        text: 'Offline: what you write is kept and sent later',
        canRetry: state.reason === 'unreachable',
      }
    default:
      return { kind: 'offline', text: 'You are signed out of the chat', canSignIn: true }
  }
}

export const STATUS_WORDS = { online: 'Online', away: 'Away', busy: 'Busy', offline: 'Offline' }

/** Somebody's presence; empty when nothing is known of it. */
export function presenceWords(person) {
  if (person === undefined || person.status === null) return ''
  if (person.status !== 'offline' || !person.lastSeen) return STATUS_WORDS[person.status]
  return `Last seen ${daysAgo(person.lastSeen) === 0 ? 'at' : 'on'} ${whenOf(person.lastSeen)}`
}

export function typingWords(people) {
  if (people.length === 0) return ''
  const names = joinNames(people.map(({ name }) => firstName(name)))
  return `${names} ${people.length === 1 ? 'is' : 'are'} typing…`
}

export const firstName = (name) => name.split(' ')[0]

/** The last message of a conversation, in its row of the list. */
export function previewOf(message, meId) {
  if (message === undefined) return 'No messages yet'
  const who = message.userId === meId ? 'You: ' : ''
  return `${who}${message.deletedAt === undefined ? message.text : 'Message deleted'}`
}

/** What waits for the reader. `where` is the conversation's title, when it is known. */
export function notificationWords({ kind, data }, where) {
  const who = data.fromName ?? data.byName ?? data.name ?? data.callerName ?? 'Somebody'
  switch (kind) {
    case 'mention':
      return `${who} mentioned you${where === null ? '' : ` in ${where}`}`
    case 'message':
      return `New message from ${where ?? who}`
    case 'call':
      return `Missed call from ${where ?? who}`
    default:
      return where === null ? 'Something changed in a conversation' : `You are now in ${where}`
  }
}

const CALL_ENDS = {
  hangup: 'Call ended',
  rejected: 'Declined',
  busy: 'Busy in another call',
  timeout: 'No answer',
  failed: 'The connection was lost',
  'answered-elsewhere': 'Answered on another device',
}

export function callWords({ phase, call }, seconds) {
  switch (phase) {
    case 'incoming':
      return call.type === 'video' ? 'is calling you with video' : 'is calling you'
    case 'outgoing':
      return 'Ringing…'
    case 'active':
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    case 'elsewhere':
      return CALL_ENDS['answered-elsewhere']
    default:
      return CALL_ENDS[call.endReason] ?? 'Call ended'
  }
}

const HINTS = {
  'microphone-blocked': 'Your microphone is blocked. Allow it beside the address.',
  'no-microphone': 'No microphone was found. You only listen.',
  'talking-while-muted': 'Your microphone is off. They don’t hear you.',
  unheard: 'Nothing is heard from your microphone. Look whether it is switched on.',
}

/** What is not as it should be in the call that we are in; `null` when all is well. */
export function callTrouble(voice) {
  if (voice === null || voice.phase === 'joining') return 'Connecting…'
  if (voice.phase === 'reconnecting') return 'The line is bad. Connecting again…'
  if (voice.phase === 'failed')
    return voice.error?.message ?? 'The sound could not be connected. Hang up and call again.'
  return HINTS[voice.self.hint] ?? null
}

/** A failure that the SDK or the site reports, for a person. */
export const failureWords = (error) =>
  error?.message ? error.message : 'That did not work. Look at your connection and try again.'
