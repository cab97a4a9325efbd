import { byId } from './dom.js'

/** With a finger Enter makes a new line; there is the button to send. */
const ENTER_SENDS = matchMedia('(pointer: fine)').matches

/** The field for the next message. Drafts stay with their conversation. `handlers`: send, edit, type, editLast. */
export function createComposer({ send, edit, type, editLast }) {
  const form = byId('composer')
  const field = byId('draft')
  const drafts = new Map()
  let conversationId = null
  /** The message that is being changed, when one is. */
  let editing = null

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && ENTER_SENDS) {
      event.preventDefault()
      submit()
    } else if (event.key === 'Escape' && editing !== null) stopEditing()
    else if (event.key === 'ArrowUp' && field.value === '' && editing === null) {
      if (editLast()) event.preventDefault()
    }
  })
  field.addEventListener('input', () => {
    if (editing === null) type(field.value.trim() !== '')
  })
  byId('stop-editing').addEventListener('click', stopEditing)

  function submit() {
    const text = field.value.trim()
    if (text === '') return
    if (editing === null) {
      field.value = ''
      send(text)
    } else {
      const row = editing
      stopEditing()
      if (text !== row.text) edit(row, text)
    }
    field.focus()
  }

  function startEditing(row) {
    drafts.set(conversationId, field.value)
    editing = row
    field.value = row.text
    field.setAttribute('aria-label', 'Change your message')
    byId('editing').hidden = false
    field.focus()
  }

  function stopEditing() {
    editing = null
    field.value = drafts.get(conversationId) ?? ''
    field.setAttribute('aria-label', 'Your message')
    byId('editing').hidden = true
    field.focus()
  }

  return {
    startEditing,
    /** Another conversation is open. */
    show(id) {
      if (editing !== null) stopEditing()
      if (conversationId !== null) drafts.set(conversationId, field.value)
      conversationId = id
      field.value = drafts.get(id) ?? ''
      if (ENTER_SENDS) field.focus()
    },
  }
}
