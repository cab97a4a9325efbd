import { byId } from './dom.js'

/** With a finger Enter makes a new line; there is the button to send. */
const ENTER_SENDS = matchMedia('(pointer: fine)').matches

/**
 * The field for the next message. Drafts stay with their conversation. `edit` resolves when a message was changed, and
 * rejects when it could not be; `onFailure` says why.
 */
export function createComposer({ send, edit, type, editLast, onFailure }) {
  const form = byId('composer')
  const field = byId('draft')
  const drafts = new Map()
  let conversationId = null
  /** The message that is being changed, when one is. */
  let editing = null
  /** Changes that another conversation came between, by their own. */
  const putAside = new Map()

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
  byId('stop-editing').addEventListener('click', () => {
    stopEditing()
    field.focus()
  })

  function submit() {
    const text = field.value.trim()
    if (text === '') return
    if (editing === null) {
      field.value = ''
      send(text)
    } else if (text === editing.text) stopEditing()
    else void change(editing, text)
    field.focus()
  }

  /** The words stay here until they are taken: without a connection they would be nowhere. */
  async function change(row, text) {
    const where = conversationId
    try {
      await edit(row, text)
    } catch (error) {
      onFailure(error)
      return
    }
    if (editing === row && field.value.trim() === text) stopEditing()
    else if (putAside.get(where)?.row === row && putAside.get(where).text.trim() === text) putAside.delete(where)
  }

  function startEditing(row, text = row.text) {
    // Of one change after the other, the draft is what was there before the first.
    if (editing === null) drafts.set(conversationId, field.value)
    editing = row
    field.value = text
    field.setAttribute('aria-label', 'Change your message')
    byId('editing').hidden = false
  }

  function stopEditing() {
    editing = null
    field.value = drafts.get(conversationId) ?? ''
    field.setAttribute('aria-label', 'Your message')
    byId('editing').hidden = true
  }

  function turnTo(id) {
    if (editing !== null) {
      putAside.set(conversationId, { row: editing, text: field.value })
      stopEditing()
    } else if (conversationId !== null) drafts.set(conversationId, field.value)
    conversationId = id
    field.value = drafts.get(id) ?? ''
    const change = putAside.get(id)
    putAside.delete(id)
    if (change !== undefined) startEditing(change.row, change.text)
  }

  return {
    startEditing(row) {
      startEditing(row)
      field.focus()
    },
    /** Another conversation is open. */
    show(id) {
      if (id !== conversationId) turnTo(id)
      if (ENTER_SENDS) field.focus()
    },
  }
}
