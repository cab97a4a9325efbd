import { byId, h } from './dom.js'
import { showBeside } from './menu.js'

const EMOJI = ['👍', '❤️', '😂', '🎉', '😮', '😢']

/** What can be done with a message: reactions for everybody, changing and deleting for its author. */
export function openMessageMenu(row, button, { react, edit, remove }) {
  const menu = byId('message-menu')
  const then = (action) => () => {
    menu.hidePopover()
    action()
  }
  const isMine = (emoji) => row.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
  menu.setAttribute('role', 'dialog')
  menu.setAttribute('aria-label', 'Actions')
  menu.replaceChildren(
    h(
      'div',
      { class: 'emoji', role: 'group', 'aria-label': 'React' },
      EMOJI.map((emoji) =>
        h(
          'button',
          {
            type: 'button',
            'aria-label': `React with ${emoji}`,
            'aria-pressed': String(isMine(emoji)),
            onclick: then(() => react(row, emoji, !isMine(emoji))),
          },
          emoji,
        ),
      ),
    ),
    item(
      'Copy text',
      then(() => navigator.clipboard.writeText(row.text)),
    ),
    ...(row.own
      ? [
          item(
            'Change',
            then(() => edit(row)),
          ),
          item(
            'Delete',
            then(() => remove(row)),
            'danger',
          ),
        ]
      : []),
  )
  showBeside(menu, button)
}

const item = (text, onclick, kind = '') =>
  h('button', { class: `menu-item ${kind}`.trim(), type: 'button', onclick }, text)
