import { createCallMedia } from './call-media.js'
import { createCallVideo } from './call-video.js'
import { openDeclineMenu } from './decline-menu.js'
import { byId, h, icon, setText } from './dom.js'
import { avatar, titleOf } from './people.js'
import { createRingtone } from './ringtone.js'
import { callTrouble, callWords, firstName } from './words.js'

/** How long the end of a call stays in view. */
const END_SHOWN_MS = 3000
const RINGING = new Set(['incoming', 'outgoing'])
const OVER = new Set(['ended', 'elsewhere'])

/** The call in which the user is, or that rings. */
export function createCallView({ manager, me, openId, open, onFailure }) {
  const card = byId('call')
  const ring = createRingtone()
  const media = createCallMedia({ manager, onChange: draw, onTrouble: onFailure })
  const video = createCallVideo({ media })
  let view = null
  let withCamera = false
  let hideTimer = 0
  let shown = ''

  byId('call-button').addEventListener('click', () => start('audio'))
  byId('video-call-button').addEventListener('click', () => start('video'))
  setInterval(draw, 1000)

  function start(kind, id = openId()) {
    if (id === null) return
    withCamera = kind === 'video'
    manager.startCall(id, kind).catch(onFailure)
  }

  function accept(callId, isCameraOn) {
    withCamera = isCameraOn
    manager.answerCall(callId).catch(onFailure)
  }

  function declineWith({ id, chatId }, text) {
    manager.rejectCall(id, text ?? undefined).catch(onFailure)
    if (text !== null) manager.open(chatId).send({ content: text })
    else {
      open(chatId)
      byId('draft').focus()
    }
  }

  function show(next) {
    const isNews = next?.call.id !== view?.call.id || next?.phase !== view?.phase
    view = next
    if (!isNews) return draw()
    clearTimeout(hideTimer)
    const { phase, call } = view
    ring(RINGING.has(phase) ? phase : null)
    if (phase === 'incoming') setText(byId('announcements'), `${whoOf(view).name} ${callWords(view, 0)}.`)
    if (phase === 'active') void media.enter(call.chatId, withCamera)
    if (OVER.has(phase)) {
      media.leave()
      hideTimer = setTimeout(() => {
        view = null
        draw()
      }, END_SHOWN_MS)
    }
    draw()
  }

  const conversationOf = ({ chatId }) => manager.getSnapshot().conversations.find(({ id }) => id === chatId)

  /** Who is at the other end: a person, or a group. */
  function whoOf({ call, from, phase }) {
    const conversation = conversationOf(call)
    const isGroup = conversation !== undefined && conversation.counterpart === undefined
    if (isGroup && phase !== 'incoming') return { id: call.chatId, name: titleOf(conversation), isGroup: true }
    const other = from ?? call.participants.find(({ userId }) => userId !== me.id)
    return { id: other?.userId ?? call.callerId, name: other?.name ?? 'Somebody', isGroup: false }
  }

  function draw() {
    card.hidden = view === null
    if (view === null) return
    const { call, phase } = view
    const who = whoOf(view)
    const voice = media.snapshot
    const words = () =>
      phase === 'active' ? (callTrouble(voice) ?? callWords(view, secondsOf(call))) : callWords(view, 0)
    const controls = JSON.stringify([call.id, phase, voice?.phase, voice?.self.muted, voice?.self.cameraOn])
    card.dataset.phase = phase
    if (controls !== shown) {
      shown = controls
      const control = card.contains(document.activeElement) ? document.activeElement.dataset.control : undefined
      card.replaceChildren(
        video.box,
        h('span', { class: 'call-who' }, avatar(who)),
        h('p', { class: 'call-words' }, h('strong', {}, who.name), h('span', {})),
        h('div', { class: 'call-actions' }, actions(call, firstName(who.name), voice)),
      )
      card.querySelector(`[data-control="${control}"]`)?.focus()
    }
    setText(card.querySelector('.call-words span'), words())
    const isHeard = voice?.participants.some(({ isSelf, speaking }) => speaking && !isSelf) ?? false
    card.querySelector('.call-who').dataset.speaking = String(isHeard)
    video.draw()
  }

  function actions(call, name, voice) {
    const { phase } = view
    const end = () => manager.endCall(call.id).catch(onFailure)
    if (phase === 'incoming') {
      const isVideo = call.type === 'video'
      return [
        button('decline-with', 'message', `Decline ${name}’s call with a message`, ({ currentTarget }) =>
          openDeclineMenu(currentTarget, (text) => declineWith(call, text)),
        ),
        button('hang-up', 'hang-up', `Decline ${name}’s call`, () => manager.rejectCall(call.id).catch(onFailure)),
        isVideo
          ? button('accept camera', 'camera', `Accept ${name}’s call with your camera`, () => accept(call.id, true))
          : null,
        button('accept', 'phone', `Accept ${name}’s call${isVideo ? ' without your camera' : ''}`, () =>
          accept(call.id, false),
        ),
      ]
    }
    if (phase === 'outgoing') return [button('hang-up', 'hang-up', 'Cancel the call', end)]
    if (phase !== 'active') return []
    const self = voice?.phase === 'in' ? voice.self : null
    return [
      self && toggle('mute', self.muted ? 'mic-off' : 'mic', 'Mute your microphone', self.muted, media.setMuted),
      self && toggle('camera', self.cameraOn ? 'camera' : 'camera-off', 'Your camera', self.cameraOn, media.setCamera),
      button('hang-up', 'hang-up', 'Hang up', end),
    ]
  }

  return {
    start,
    draw({ call }) {
      // The last word about an ended call stays for a moment, when the SDK has forgotten it already.
      if (call !== null) show(call)
      else if (view !== null && !OVER.has(view.phase)) show({ ...view, phase: 'ended' })
    },
  }
}

function secondsOf({ answeredAt }) {
  return answeredAt === undefined ? 0 : Math.max(0, Math.round((Date.now() - answeredAt) / 1000))
}

const button = (kind, drawing, label, onclick, isPressed) =>
  h(
    'button',
    {
      class: kind,
      type: 'button',
      'aria-label': label,
      'aria-pressed': isPressed === undefined ? null : String(isPressed),
      title: label,
      data: { control: kind },
      onclick,
    },
    icon(drawing),
  )

const toggle = (kind, drawing, label, isOn, set) => button(kind, drawing, label, () => set(!isOn), isOn)
