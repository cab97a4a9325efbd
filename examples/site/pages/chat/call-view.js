import { createAudioCall } from './audio-call.js'
import { byId, h, icon } from './dom.js'
import { avatar } from './people.js'
import { callWords, firstName } from './words.js'

/** How long the end of a call stays in view. */
const END_SHOWN_MS = 3000

/** The call in which the user is, or that rings. */
export function createCallView({ manager, me, openId, say, onFailure }) {
  const card = byId('call')
  const audio = createAudioCall({ manager, onTrouble: say })
  let view = null
  let hideTimer = 0
  let shown = ''

  byId('call-button').addEventListener('click', () => {
    const id = openId()
    if (id !== null) audio.start(id).catch(failed)
  })
  setInterval(draw, 1000)

  function failed(error) {
    audio.stop()
    onFailure(error)
  }

  /** The one at the other end. */
  function otherOf({ call, from }) {
    return (
      from ?? call.participants.find(({ userId }) => userId !== me.id) ?? { userId: call.callerId, name: 'Somebody' }
    )
  }

  function show(next) {
    const isNews = next?.call.id !== view?.call.id || next?.phase !== view?.phase
    view = next
    if (!isNews) return draw()
    clearTimeout(hideTimer)
    if (view !== null && view.phase === 'incoming')
      byId('announcements').textContent = `${otherOf(view).name} is calling you.`
    if (view !== null && (view.phase === 'ended' || view.phase === 'elsewhere')) {
      audio.stop()
      hideTimer = setTimeout(() => {
        view = null
        draw()
      }, END_SHOWN_MS)
    }
    draw()
  }

  function draw() {
    card.hidden = view === null
    if (view === null) return
    const { call, phase } = view
    const other = otherOf(view)
    const seconds = call.answeredAt === undefined ? 0 : Math.max(0, Math.round((Date.now() - call.answeredAt) / 1000))
    const buttons = JSON.stringify([call.id, phase, audio.hasMicrophone, audio.isMuted])
    card.dataset.phase = phase
    if (buttons === shown) {
      card.querySelector('.call-words span').textContent = callWords(view, seconds)
      return
    }
    shown = buttons
    const control = card.contains(document.activeElement) ? document.activeElement.dataset.control : undefined
    card.replaceChildren(
      avatar({ id: other.userId, name: other.name }),
      h('p', { class: 'call-words' }, h('strong', {}, other.name), h('span', {}, callWords(view, seconds))),
      h('div', { class: 'call-actions' }, actions(call.id, phase, firstName(other.name))),
    )
    card.querySelector(`[data-control="${control}"]`)?.focus()
  }

  function actions(callId, phase, name) {
    const end = () => manager.endCall(callId).catch(onFailure)
    if (phase === 'incoming') {
      return [
        button('hang-up', 'hang-up', `Decline ${name}’s call`, () => manager.rejectCall(callId).catch(onFailure)),
        button('accept', 'phone', `Accept ${name}’s call`, () => audio.accept(callId).catch(failed)),
      ]
    }
    if (phase === 'outgoing') return [button('hang-up', 'hang-up', 'Cancel the call', end)]
    if (phase !== 'active') return []
    const toggle = () => {
      audio.setMuted(!audio.isMuted)
      draw()
    }
    const mute = audio.isMuted
      ? button('mute', 'mic-off', 'Unmute your microphone', toggle)
      : button('mute', 'mic', 'Mute your microphone', toggle)
    return [audio.hasMicrophone ? mute : null, button('hang-up', 'hang-up', 'Hang up', end)]
  }

  return ({ call }) => {
    // The last word about an ended call stays for a moment, when the SDK has forgotten it already.
    if (call !== null) show(call)
    else if (view !== null && view.phase !== 'ended' && view.phase !== 'elsewhere') show({ ...view, phase: 'ended' })
  }
}

const button = (kind, drawing, label, onclick) =>
  h(
    'button',
    { class: kind, type: 'button', 'aria-label': label, title: label, data: { control: kind }, onclick },
    icon(drawing),
  )
