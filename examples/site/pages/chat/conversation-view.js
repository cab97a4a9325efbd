import { createComposer } from './composer.js'
import { byId, h, keyedList, setText } from './dom.js'
import { openMessageMenu } from './message-menu.js'
import { toRows } from './message-rows.js'
import { buildRow } from './message-view.js'
import { avatar, titleOf } from './people.js'
import { failureWords, firstName, joinNames, presenceWords, typingWords } from './words.js'

const GOES_ON = ['joining', 'waiting', 'joined']

/** So close to the end the view follows what is said. */
const NEAR_END_PX = 120

const CALL_BUTTONS = [
  ['call-button', ''],
  ['video-call-button', ' with video'],
]

/** The conversation that is open. `call(kind)` calls those who are in it. */
export function createConversationView({ manager, me, call, onFailure }) {
  const scroll = byId('scroll')
  let chat = null
  let stopFollowing = () => undefined
  let drawMessages = null
  let shownBeside = ''
  /** The conversation is in the list. */
  let isListed = false

  const attempt = (promise) => promise.catch(onFailure)
  const actions = {
    react: (row, emoji, on) => attempt(chat.react(row.id, emoji, on)),
    remove: (row) => attempt(chat.delete(row.id)),
    retry: (row) => chat.retry(row.key),
    discard: (row) => chat.discard(row.key),
    edit: (row) => composer.startEditing(row),
    openMenu: (row, button) => openMessageMenu(row, button, actions),
    callBack(row) {
      attempt(manager.clearNotification(row.notificationId))
      call(row.media)
    },
  }
  const composer = createComposer({
    send(text) {
      chat.send({ content: text })
      toEnd()
    },
    edit: (row, text) => chat.edit(row.id, text),
    onFailure: (error) => onFailure({ message: `${failureWords(error)} Your words are still in the field.` }),
    type: (isTyping) => chat.setTyping(isTyping),
    editLast() {
      const last = rows().findLast((row) => row.own && row.isStored && !row.isDeleted)
      if (last !== undefined) composer.startEditing(last)
      return last !== undefined
    },
  })

  // Read by the arrow keys, too.
  scroll.tabIndex = 0
  byId('older').addEventListener('click', () => attempt(chat.loadOlder()))
  // Reading counts when somebody can see it.
  window.addEventListener('focus', markRead)
  document.addEventListener('visibilitychange', markRead)
  scroll.addEventListener('scroll', markRead, { passive: true })

  const conversation = () => manager.getSnapshot().conversations.find(({ id }) => id === chat?.chatId)
  const isGroup = () => (conversation()?.kind ?? chat.getSnapshot().chat?.kind) !== 'direct'
  const missedCalls = () =>
    manager.getSnapshot().notifications.filter(({ kind, chatId }) => kind === 'call' && chatId === chat?.chatId)
  const rows = () => toRows(chat.getSnapshot(), missedCalls(), { meId: me.id, isGroup: isGroup() })
  const isNearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight
  }

  function markRead() {
    if (chat === null || document.hidden || !document.hasFocus() || !isNearEnd()) return
    // The latest of others: what we write ourselves may come after it.
    const last = chat.getSnapshot().timeline.findLast((item) => item.kind === 'message' && !item.own)
    if (last !== undefined) chat.markRead(last.message.id)
  }

  function draw() {
    const snapshot = chat.getSnapshot()
    const follows = isNearEnd()
    const fromEnd = scroll.scrollHeight - scroll.scrollTop
    drawMessages(rows())
    const isEmpty = snapshot.timeline.every((item) => item.kind !== 'message')
    const blank = byId('messages-blank')
    blank.hidden = !isEmpty
    blank.replaceChildren(...(isEmpty ? blankWords(snapshot, manager.getSnapshot().transport) : []))
    const older = byId('older')
    older.hidden = !snapshot.hasOlder
    older.disabled = snapshot.loadingOlder
    scroll.scrollTop = follows ? scroll.scrollHeight : scroll.scrollHeight - fromEnd
    setText(byId('typing'), typingWords(snapshot.typing))
    markRead()
  }

  /** We were put out of it, or never in it: the handle does nothing more, and opening gives a new one. */
  const isOver = () => chat !== null && !GOES_ON.includes(chat.getSnapshot().phase)

  function follow(id) {
    stopFollowing()
    chat = manager.open(id)
    isListed = conversation() !== undefined
    byId('messages').replaceChildren()
    drawMessages = keyedList(byId('messages'), (row, isNew) => buildRow(row, isNew, actions))
    draw()
    toEnd()
    const stop = chat.subscribe(draw)
    stopFollowing = () => {
      stop()
      chat.setTyping(false)
    }
  }

  return {
    get openId() {
      return chat?.chatId ?? null
    },

    get isOver() {
      return isOver()
    },

    open(id) {
      byId('open').hidden = false
      byId('nothing-open').hidden = true
      follow(id)
      composer.show(id)
    },

    close() {
      stopFollowing()
      stopFollowing = () => undefined
      chat = null
      byId('open').hidden = true
      byId('nothing-open').hidden = false
    },

    /** The bar above the messages: who it is, and how they are. */
    drawBar({ people, transport, notifications }) {
      const summary = conversation()
      if (chat === null) return
      const isNew = summary !== undefined && !isListed
      isListed = summary !== undefined
      // Somebody took us in, for the first time or again.
      if (isNew && isOver()) follow(chat.chatId)
      // What stands among the messages without being one.
      const beside = JSON.stringify([transport.transport, notifications.map(({ id }) => id)])
      if (shownBeside !== beside) draw()
      shownBeside = beside
      if (summary === undefined) return
      const { counterpart, id } = summary
      const person = counterpart === undefined ? undefined : people.get(counterpart.userId)
      const title = titleOf(summary)
      setText(byId('open-name'), title)
      const others = chat.getSnapshot().members.filter(({ userId }) => userId !== me.id)
      const state =
        counterpart === undefined
          ? joinNames(['You', ...others.map(({ name }) => firstName(name))])
          : presenceWords(person)
      setText(byId('open-state'), state)
      byId('open-avatar').replaceChildren(
        avatar({
          id: counterpart?.userId ?? id,
          name: title,
          isGroup: counterpart === undefined,
          status: person?.status ?? null,
        }),
      )
      const whom = counterpart === undefined ? title : firstName(title)
      for (const [button, how] of CALL_BUTTONS) {
        byId(button).disabled = transport.transport !== 'websocket' && transport.transport !== 'polling'
        byId(button).setAttribute('aria-label', `Call ${whom}${how}`)
      }
    },
  }
}

function blankWords({ phase, error }, { transport }) {
  if (error !== null) return [h('p', {}, h('strong', {}, 'This conversation could not be opened'), failureWords(error))]
  if (phase === 'joining' && transport === 'offline') {
    return [h('p', {}, h('strong', {}, 'It opens when the connection is back'), 'What you wrote is kept.')]
  }
  if (phase === 'joining') return [h('p', {}, 'Opening…')]
  if (phase === 'kicked' || phase === 'left') return [h('p', {}, 'You are no longer in this conversation.')]
  return [h('p', {}, h('strong', {}, 'Nothing said yet'), 'Write the first message below.')]
}
