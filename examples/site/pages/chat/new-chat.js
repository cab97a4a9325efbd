import { byId, h } from './dom.js'
import { avatar } from './people.js'
import { failureWords } from './words.js'

/** The dialog for a new chat: one person makes it direct, several make a group. */
export function createNewChat({ manager, people, open }) {
  const dialog = byId('new-chat-dialog')
  const button = byId('new-chat')
  button.addEventListener('click', show)
  button.disabled = false
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })

  function show() {
    const name = h(
      'label',
      { class: 'field-label', hidden: true },
      'Name of the group',
      h('input', { class: 'field', name: 'name', maxlength: '80' }),
    )
    const mistake = h('p', { class: 'mistake', role: 'alert' })
    const start = h('button', { class: 'button primary', type: 'submit', disabled: true }, 'Start')
    const chosen = () => people.filter(({ id }) => form.querySelector(`input[value="${CSS.escape(id)}"]`).checked)
    const form = h(
      'form',
      {
        onchange() {
          const count = chosen().length
          start.disabled = count === 0
          name.hidden = count < 2
        },
        async onsubmit(event) {
          event.preventDefault()
          start.disabled = true
          mistake.textContent = ''
          try {
            open(await create(chosen(), form.elements.name.value.trim()))
            dialog.close()
          } catch (error) {
            mistake.textContent = failureWords(error)
            start.disabled = false
          }
        },
      },
      h('fieldset', {}, h('legend', { class: 'unseen' }, 'People'), people.map(choice)),
      name,
      mistake,
      h(
        'div',
        { class: 'dialog-actions' },
        h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'),
        start,
      ),
    )
    dialog.replaceChildren(h('h2', { id: 'new-chat-title' }, 'New chat'), form)
    dialog.showModal()
  }

  /** Gives the id of the conversation: with one person the same one every time. */
  async function create(chosen, name) {
    const members = chosen.map((person) => ({ userId: person.id, name: person.name }))
    const isDirect = members.length === 1
    const wish = isDirect ? { kind: 'direct', members } : { kind: 'group', name: name || groupName(chosen), members }
    const conversation = await manager.createConversation(wish)
    return conversation.id
  }

  function choice(person) {
    return h(
      'label',
      { class: 'choice' },
      avatar({ id: person.id, name: person.name, status: manager.getSnapshot().people.get(person.id)?.status ?? null }),
      h('span', { class: 'choice-words' }, person.name, h('small', {}, person.title)),
      h('input', { type: 'checkbox', value: person.id }),
    )
  }
}

const groupName = (people) => people.map(({ name }) => name.split(' ')[0]).join(', ')
