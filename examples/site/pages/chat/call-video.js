import { h } from './dom.js'

const MOST_TILES = 6

/** The pictures of a call: everybody who sends one, ourselves small and as in a mirror. */
export function createCallVideo({ media }) {
  const box = h('div', { class: 'call-video', hidden: true })
  const tiles = new Map()
  let asked = ''

  function draw() {
    const participants = media.snapshot?.participants ?? []
    const sending = participants.filter(({ sources }) => sources.includes('camera')).slice(0, MOST_TILES)
    box.hidden = sending.length === 0
    for (const [userId, tile] of tiles) {
      if (sending.some((person) => person.userId === userId)) continue
      tile.remove()
      tiles.delete(userId)
    }
    for (const person of sending) show(person)
    ask(sending)
  }

  function show({ userId, name, isSelf, video }) {
    let tile = tiles.get(userId)
    if (tile === undefined) {
      const screen = h('video', { autoplay: true, playsinline: true, 'aria-label': isSelf ? 'You' : name })
      screen.muted = true
      tile = h('div', { class: isSelf ? 'tile self' : 'tile' }, screen)
      tiles.set(userId, tile)
      box.append(tile)
    }
    const stream = video.find(({ source }) => source === 'camera')?.stream ?? null
    const screen = tile.firstElementChild
    if (screen.srcObject !== stream) screen.srcObject = stream
  }

  /** What is asked for is what is shown, in the size in which it is. */
  function ask(sending) {
    const views = sending
      .filter(({ isSelf }) => !isSelf)
      .map(({ userId }) => {
        const { clientWidth: width, clientHeight: height } = tiles.get(userId)
        return { userId, source: 'camera', width, height }
      })
    const text = JSON.stringify(views)
    if (text === asked) return
    asked = text
    media.setViews(views)
  }

  return { box, draw }
}
