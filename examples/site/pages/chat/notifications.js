import { byId, h, setText } from './dom.js'
import { placeWhenOpened } from './menu.js'
import { titleOf } from './people.js'
import { notificationWords, whenOf } from './words.js'

/** What waits for the user: the badge on the bell, and the list behind it. */
export function createNotifications({ manager, open, onFailure }) {
  const menu = byId('notifications')
  const button = byId('notifications-button')
  menu.setAttribute('role', 'dialog')
  menu.setAttribute('aria-label', 'Notifications')
  placeWhenOpened(menu, button)
  let shown = ''

  return ({ notifications, conversations }) => {
    const count = notifications.length
    const badge = byId('notifications-count')
    badge.hidden = count === 0
    setText(badge, count > 99 ? '99+' : String(count))
    setText(byId('notifications-words'), count === 0 ? 'Notifications' : `Notifications, ${count} new`)
    const rows = notifications.map((notification) => {
      const conversation = conversations.find(({ id }) => id === notification.chatId)
      const where = conversation === undefined ? null : titleOf(conversation)
      return { notification, words: notificationWords(notification, where), when: whenOf(notification.createdAt) }
    })
    const text = JSON.stringify(rows)
    if (text === shown) return
    shown = text
    menu.replaceChildren(
      h('h2', {}, 'Notifications'),
      ...(count === 0 ? [h('p', {}, 'Nothing waits for you.')] : [...rows.map(item), clearAll()]),
    )
  }

  function item({ notification, words, when }) {
    const onclick = () => {
      menu.hidePopover()
      manager.clearNotification(notification.id).catch(onFailure)
      if (notification.chatId !== undefined) open(notification.chatId)
    }
    return h(
      'button',
      { class: 'menu-item', type: 'button', onclick },
      h('span', { class: 'notification' }, words, h('small', {}, when)),
    )
  }

  function clearAll() {
    const onclick = () => {
      menu.hidePopover()
      manager.clearNotifications().catch(onFailure)
    }
    return h('button', { class: 'menu-item', type: 'button', onclick }, 'Clear all')
  }
}
