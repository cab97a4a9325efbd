import { byId, h } from './dom.js'
import { placeWhenOpened } from './menu.js'
import { avatar, dot } from './people.js'

const CHOICES = [
  ['online', 'Online'],
  ['away', 'Away'],
  ['busy', 'Busy'],
  ['offline', 'Invisible'],
]

/** The user's own menu: how others see them, and the way out. */
export function createMeMenu({ manager, me, onFailure }) {
  const menu = byId('me')
  const button = byId('me-button')
  menu.setAttribute('role', 'dialog')
  menu.setAttribute('aria-label', 'You')
  placeWhenOpened(menu, button)
  let status = 'online'

  function choose(chosen) {
    menu.hidePopover()
    manager
      .setStatus(chosen)
      .then(() => {
        status = chosen
        draw()
      })
      .catch(onFailure)
  }

  function draw() {
    button.replaceChildren(
      avatar({ id: me.id, name: me.name, status, size: 'small' }),
      h('span', { class: 'unseen' }, 'You'),
    )
    menu.replaceChildren(
      h('h2', {}, me.name),
      h(
        'div',
        { role: 'radiogroup', 'aria-label': 'How others see you' },
        CHOICES.map(([value, label]) =>
          h(
            'button',
            {
              class: 'menu-item',
              type: 'button',
              role: 'radio',
              'aria-checked': String(value === status),
              onclick: () => choose(value),
            },
            dot(value),
            label,
          ),
        ),
      ),
      h('form', { method: 'post', action: '/logout' }, h('button', { class: 'menu-item', type: 'submit' }, 'Sign out')),
    )
  }
  draw()
}
