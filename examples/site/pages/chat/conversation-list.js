import { byId, h, keyedList } from './dom.js'
import { avatar, titleOf, unseenStatus } from './people.js'
import { failureWords, previewOf, whenOf } from './words.js'

/** The conversations, latest first. Gives what draws them from a snapshot. */
export function createConversationList({ me, open, openId }) {
  const list = byId('list')
  const blank = byId('list-blank')
  const draw = keyedList(list, (row) => h('li', {}, buildRow(row, open)))

  return (snapshot) => {
    const rows = snapshot.conversations.map((conversation) => toRow(conversation, snapshot, me, openId()))
    draw(rows)
    blank.hidden = rows.length > 0
    if (rows.length === 0) blank.replaceChildren(...blankWords(snapshot))
    const unread = snapshot.conversations.reduce((sum, conversation) => sum + conversation.unread, 0)
    document.title = unread === 0 ? 'Harbour' : `(${unread}) Harbour`
  }
}

function toRow(conversation, { people }, me, openId) {
  const { id, kind, counterpart, lastMessage, unread, activeAt } = conversation
  return {
    key: id,
    avatarId: counterpart?.userId ?? id,
    title: titleOf(conversation),
    isGroup: kind !== 'direct',
    status: counterpart === undefined ? null : (people.get(counterpart.userId)?.status ?? null),
    last: previewOf(lastMessage, me.id),
    when: whenOf(activeAt),
    unread,
    isOpen: id === openId,
  }
}

function buildRow({ key, avatarId, title, isGroup, status, last, when, unread, isOpen }, open) {
  return h(
    'button',
    {
      class: 'row',
      type: 'button',
      data: { unread: String(unread > 0), control: 'row', conversation: key },
      'aria-current': isOpen ? 'true' : null,
      onclick: () => open(key),
    },
    avatar({ id: avatarId, name: title, isGroup, status }),
    h(
      'span',
      {},
      h('span', { class: 'row-name' }, title, unseenStatus(status)),
      h('span', { class: 'row-last' }, last),
    ),
    h(
      'span',
      { class: 'row-end' },
      h('time', {}, when),
      unread === 0
        ? null
        : h(
            'span',
            { class: 'badge' },
            h('span', { 'aria-hidden': 'true' }, unread > 99 ? '99+' : String(unread)),
            h('span', { class: 'unseen' }, `${unread} unread`),
          ),
    ),
  )
}

function blankWords({ loaded, error }) {
  if (error !== null) return [h('p', {}, h('strong', {}, 'The conversations could not be loaded'), failureWords(error))]
  if (!loaded) return [h('p', {}, 'Loading your conversations…')]
  return [h('p', {}, h('strong', {}, 'No conversations yet'), 'Start one: choose “New chat” and somebody to talk to.')]
}
