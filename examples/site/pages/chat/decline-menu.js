import { byId, h } from './dom.js'
import { showBeside } from './menu.js'

const ANSWERS = [
  'I can’t talk now. I’ll call you back.',
  'I’ll be there in a few minutes.',
  'Please write to me instead.',
]

/** Declining with a message. `decline(text)` does both; `null` as text: to be written by hand. */
export function openDeclineMenu(button, decline) {
  const menu = byId('decline-menu')
  menu.setAttribute('role', 'dialog')
  menu.setAttribute('aria-label', 'Decline with a message')
  const choice = (text, label) => {
    const onclick = () => {
      menu.hidePopover()
      decline(text)
    }
    return h('button', { class: 'menu-item', type: 'button', onclick }, label)
  }
  menu.replaceChildren(
    h('h2', {}, 'Decline with a message'),
    ...ANSWERS.map((text) => choice(text, text)),
    choice(null, 'Write something else…'),
  )
  showBeside(menu, button)
}
