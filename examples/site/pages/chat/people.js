import { h, icon } from './dom.js'
import { STATUS_WORDS } from './words.js'

const HUES = 6

/** The same person has the same colour everywhere. */
function hueOf(id) {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.codePointAt(0)) % 9973
  return (sum % HUES) + 1
}

function initialsOf(name) {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : '']
  return letters.map((word) => [...(word ?? '')][0] ?? '').join('')
}

/** A round with initials; for a person with a known status also the dot. Names stand beside it: it is decoration. */
export function avatar({ id, name, isGroup = false, status = null, size = '' }) {
  const round = h('span', { class: `avatar ${size}`.trim(), 'aria-hidden': 'true' }, isGroup ? icon('group') : null)
  // Drawn by the style sheet: a picture, not a text that somebody would hear or copy.
  if (!isGroup) round.dataset.initials = initialsOf(name)
  round.style.background = `var(--avatar-${hueOf(id)})`
  if (status !== null) round.append(dot(status))
  return round
}

export const dot = (status) => h('span', { class: 'dot', data: { status } })

/** The status for those who do not see the dot. */
export const unseenStatus = (status) =>
  status === null ? null : h('span', { class: 'unseen' }, ` (${STATUS_WORDS[status]})`)

/** How a conversation is called by this user. */
export function titleOf(conversation) {
  if (conversation.kind === 'direct') return conversation.counterpart?.name ?? 'Somebody'
  return conversation.name === '' ? 'Group' : conversation.name
}
