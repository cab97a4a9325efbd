/* global Parley */
import { createCallView } from './call-view.js'
import { createConversationList } from './conversation-list.js'
import { createConversationView } from './conversation-view.js'
import { byId, drawIcons, h, setText } from './dom.js'
import { createMeMenu } from './me-menu.js'
import { createNewChat } from './new-chat.js'
import { createNotifications } from './notifications.js'
import { failureWords, transportWords } from './words.js'

const TOAST_MS = 6000

/** Asks the site; somebody who is signed out is led to the door. */
async function askSite(path) {
  const response = await fetch(path)
  if (response.status === 401) location.assign('/login')
  if (!response.ok) throw new Error(`${path} answers ${response.status}`)
  return response.json()
}

drawIcons()
const { me, people } = await askSite('/people')
const manager = new Parley.ChatManager({
  wsServer: document.body.dataset.socketUrl,
  mainSiteUrl: location.origin,
  httpFallback: '/api/messenger',
  getToken: async () => (await askSite('/token')).token,
})

let toastTimer = 0
function say(text) {
  const toast = byId('toast')
  toast.textContent = text
  toast.hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    toast.hidden = true
  }, TOAST_MS)
}
const onFailure = (error) => say(failureWords(error))

const view = createConversationView({ manager, me, call: (kind) => calls.start(kind), onFailure })
const openId = () => view.openId
const addressed = () => decodeURIComponent(location.hash.slice(1))
const open = (id) => {
  // The address stays when it is open already, and tells nobody.
  if (id === addressed()) followAddress()
  else location.hash = encodeURIComponent(id)
}
const calls = createCallView({ manager, me, openId, open, onFailure })
const parts = [
  createConversationList({ me, open, openId }),
  createNotifications({ manager, open, onFailure }),
  (snapshot) => calls.draw(snapshot),
  (snapshot) => view.drawBar(snapshot),
  ({ transport }) => drawTransport(transport),
]
createMeMenu({ manager, me, onFailure })
createNewChat({ manager, people, open })

function drawTransport(state) {
  const { kind, text, canRetry, canSignIn } = transportWords(state)
  const line = byId('transport')
  const said = JSON.stringify([kind, text, canRetry])
  if (line.dataset.said === said) return
  line.dataset.said = said
  line.dataset.kind = kind
  line.replaceChildren(h('span', {}, text))
  if (canRetry) line.append(h('button', { type: 'button', onclick: () => manager.connect() }, 'Try now'))
  if (canSignIn) line.append(h('a', { href: '/login' }, 'Sign in'))
}

let isDrawing = false
function draw() {
  if (isDrawing) return
  isDrawing = true
  // Several changes at once are drawn once.
  queueMicrotask(() => {
    isDrawing = false
    const snapshot = manager.getSnapshot()
    for (const part of parts) part(snapshot)
  })
}

/** The address says which conversation is open, so that “back” works and a reload stays. */
function followAddress() {
  const id = addressed()
  byId('app').dataset.view = id === '' ? 'list' : 'conversation'
  if (id === '') view.close()
  else if (id !== view.openId || view.isOver) view.open(id)
  draw()
}

byId('back').addEventListener('click', () => {
  location.hash = ''
})
window.addEventListener('hashchange', followAddress)
manager.subscribe(draw)
manager.on('message', (message) => {
  if (message.chatId === view.openId) setText(byId('heard'), `${message.senderName}: ${message.encryptedContent}`)
})
followAddress()
manager.connect()
