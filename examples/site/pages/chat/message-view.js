import { h, icon } from './dom.js'

const TICK_ICONS = { waiting: 'clock', failed: 'clock', sent: 'sent', delivered: 'both', read: 'both' }
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g

/** One row of a conversation. `actions`: react(row, emoji), openMenu(row, button), retry(row), discard(row), callBack(row). */
export function buildRow(row, isNew, actions) {
  if (row.kind === 'notice') return h('li', { class: 'notice' }, row.text)
  return row.kind === 'missed' ? buildMissed(row, actions) : buildMessage(row, isNew, actions)
}

function buildMissed(row, actions) {
  const again = { class: 'button', type: 'button', data: { control: 'again' }, onclick: () => actions.callBack(row) }
  return h(
    'li',
    { class: 'missed' },
    icon('missed'),
    h('span', {}, `${row.text}, ${row.time}`),
    h('button', again, 'Call back'),
  )
}

function buildMessage(row, isNew, actions) {
  const more =
    row.isStored && !row.isDeleted
      ? h(
          'button',
          {
            class: 'icon-button',
            type: 'button',
            'aria-label': 'Actions',
            'aria-haspopup': 'dialog',
            data: { control: 'more' },
            onclick: (event) => actions.openMenu(row, event.currentTarget),
          },
          icon('more'),
        )
      : null
  return h(
    'li',
    { class: 'message', data: { own: String(row.own), first: String(row.isFirst), new: String(isNew), key: row.key } },
    row.author === null
      ? h('span', { class: 'unseen' }, `${row.senderName}:`)
      : h('span', { class: 'author' }, row.author),
    h(
      'div',
      { class: 'bubble' },
      h(
        'p',
        { class: 'text', data: { deleted: String(row.isDeleted) } },
        row.isDeleted ? row.text : withLinks(row.text),
      ),
      h(
        'p',
        { class: 'facts' },
        row.isEdited ? 'changed · ' : null,
        h('time', {}, row.time),
        row.tick === null ? null : tick(row.tick),
      ),
    ),
    more,
    row.reactions.length === 0
      ? null
      : h(
          'div',
          { class: 'reactions' },
          row.reactions.map((reaction) => buildReaction(row, reaction, actions)),
        ),
    row.failure === null ? null : buildFailure(row, actions),
  )
}

const tick = ({ state, label }) =>
  h('span', { class: 'tick', role: 'img', 'aria-label': label, title: label, data: { state } }, icon(TICK_ICONS[state]))

function buildReaction(row, { emoji, count, mine, names }, { react }) {
  return h(
    'button',
    {
      class: 'reaction',
      type: 'button',
      'aria-pressed': String(mine),
      title: names,
      data: { control: `reaction ${emoji}` },
      onclick: () => react(row, emoji, !mine),
    },
    `${emoji} `,
    h('span', {}, String(count)),
    h('span', { class: 'unseen' }, ` by ${names}`),
  )
}

function buildFailure(row, { retry, discard }) {
  return h(
    'p',
    { class: 'failed' },
    `Not sent. ${row.failure}`,
    h('button', { type: 'button', data: { control: 'retry' }, onclick: () => retry(row) }, 'Try again'),
    h('button', { type: 'button', data: { control: 'discard' }, onclick: () => discard(row) }, 'Discard'),
  )
}

/** Text with its web addresses as links. */
function withLinks(text) {
  const parts = []
  let from = 0
  for (const { 0: address, index } of text.matchAll(LINK)) {
    parts.push(
      text.slice(from, index),
      h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, address),
    )
    from = index + address.length
  }
  return [...parts, text.slice(from)]
}
