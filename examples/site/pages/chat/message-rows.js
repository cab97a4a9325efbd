import { dayOf, firstName, joinNames, timeOf } from './words.js'

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000

/** A conversation's timeline as plain rows, from which the page is drawn: days, notices, messages, and calls that were missed. */
export function toRows({ timeline, members }, missedCalls, { meId, isGroup }) {
  const nameOf = (userId) =>
    userId === meId ? 'You' : (members.find((member) => member.userId === userId)?.name ?? 'Somebody')
  const rows = []
  let before = null
  let day = null
  for (const item of inOrder(timeline, missedCalls)) {
    const at = timeOfItem(item)
    if (dayOf(at) !== day) {
      day = dayOf(at)
      rows.push({ key: `day ${day}`, kind: 'notice', text: day })
      before = null
    }
    if (item.kind === 'missed') {
      rows.push(missedRow(item.notification))
      before = null
      continue
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

function timeOfItem(item) {
  if (item.kind === 'missed') return item.notification.createdAt
  return item.kind === 'message' ? item.message.createdAt : item.at
}

/** Calls stand where they came; those from before the oldest message that is loaded come first. */
function inOrder(timeline, missedCalls) {
  const items = [...timeline]
  for (const notification of missedCalls) {
    const item = { kind: 'missed', notification }
    const place = items.findLastIndex((other) => timeOfItem(other) <= notification.createdAt)
    items.splice(place + 1, 0, item)
  }
  return items
}

function missedRow({ id, data, createdAt }) {
  const isVideo = data.type === 'video'
  return {
    key: `missed ${id}`,
    kind: 'missed',
    notificationId: id,
    media: isVideo ? 'video' : 'audio',
    text: `Missed ${isVideo ? 'video ' : ''}call from ${firstName(data.fromName)}`,
    time: timeOf(createdAt),
  }
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
