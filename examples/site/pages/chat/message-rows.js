import { dayOf, firstName, joinNames, timeOf } from './words.js'

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000

/** A conversation's timeline as plain rows, from which the page is drawn: days, notices and messages. */
export function toRows({ timeline, members }, { meId, isGroup }) {
  const nameOf = (userId) =>
    userId === meId ? 'You' : (members.find((member) => member.userId === userId)?.name ?? 'Somebody')
  const rows = []
  let before = null
  let day = null
  for (const item of timeline) {
    const at = item.kind === 'message' ? item.message.createdAt : item.at
    if (dayOf(at) !== day) {
      day = dayOf(at)
      rows.push({ key: `day ${day}`, kind: 'notice', text: day })
      before = null
    }
    if (item.kind === 'notice') {
      rows.push({ key: item.key, kind: 'notice', text: noticeWords(item.notice) })
      before = null
      continue
    }
    const isFirst = before?.message.senderId !== item.message.senderId || at - before.message.createdAt > TOGETHER_MS
    rows.push(toRow(item, { isFirst, isGroup, meId, nameOf }))
    before = item
  }
  return rows
}

function toRow(item, { isFirst, isGroup, meId, nameOf }) {
  const { message, own, status, key, error } = item
  const isDeleted = message.deletedAt !== undefined
  return {
    key,
    kind: 'message',
    id: message.id,
    own,
    isFirst,
    author: isGroup && !own && isFirst ? message.senderName : null,
    senderName: own ? 'You' : message.senderName,
    text: isDeleted ? 'Message deleted' : message.encryptedContent,
    isDeleted,
    isStored: status === 'sent',
    isEdited: message.editedAt !== undefined && !isDeleted,
    time: timeOf(message.createdAt),
    tick: own && !isDeleted ? tickOf(item) : null,
    reactions: Object.entries(message.reactions ?? {}).map(([emoji, userIds]) => ({
      emoji,
      count: userIds.length,
      mine: userIds.includes(meId),
      names: joinNames(userIds.map((userId) => firstName(nameOf(userId)))),
    })),
    failure: status === 'failed' ? (error?.message ?? 'It was refused.') : null,
  }
}

/** What became of an own message: the state for the drawing, the label for those who hear it. */
function tickOf({ status, receipts }) {
  if (status === 'queued' || status === 'sending') return { state: 'waiting', label: 'Waiting to be sent' }
  if (status === 'failed') return { state: 'failed', label: 'Not sent' }
  const { delivered = 0, read = 0, of = 0 } = receipts ?? {}
  const some = (count) => (of > 1 && count < of ? ` by ${count} of ${of}` : '')
  if (of > 0 && read >= of) return { state: 'read', label: 'Read' }
  if (of > 0 && delivered >= of) return { state: 'delivered', label: read > 0 ? `Read${some(read)}` : 'Delivered' }
  return { state: 'sent', label: read > 0 ? `Read${some(read)}` : 'Sent' }
}

function noticeWords(notice) {
  switch (notice.type) {
    case 'joined':
      return `${notice.name} joined`
    case 'left':
      return `${notice.name} ${notice.reason === 'kicked' ? 'was removed' : 'left'}`
    case 'renamed':
      return `${notice.byName} changed the name to “${notice.name}”`
    case 'role':
      return `${notice.name} is now ${notice.role}`
    default:
      return `${notice.byName} changed the conversation`
  }
}
