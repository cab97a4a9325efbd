import { h } from './dom.js'

/**
 * The sound of a call between two: a connection from browser to browser, for which Parley carries offers, answers
 * and candidates. Both sides wait with their local description until they know the servers that help them through.
 */
export function createAudioCall({ manager, onTrouble }) {
  let peer = null
  let callId = null
  let microphone = null
  /** Candidates that came before the other side's description, and ours before the call had an id. */
  let early = []
  let unsent = []
  const offers = new Map()
  const speaker = document.body.appendChild(h('audio', { id: 'speaker', autoplay: true }))

  manager.on('signal', ({ callId: id, kind, data }) => {
    if (kind === 'offer') offers.set(id, data)
    else if (id === callId && kind === 'answer') void takeDescription(data)
    else if (kind === 'candidate' && (id === callId || callId === null)) void takeCandidate(data)
  })

  /** A microphone that is missing or refused does not end the call: one listens. */
  async function begin() {
    stop()
    peer = new RTCPeerConnection()
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) return
      if (callId === null) unsent.push(candidate.toJSON())
      else send(candidate.toJSON())
    })
    peer.addEventListener('track', ({ streams, track }) => {
      speaker.srcObject = streams[0] ?? new MediaStream([track])
    })
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
      for (const track of microphone.getTracks()) peer.addTrack(track, microphone)
    } catch {
      peer.addTransceiver('audio', { direction: 'recvonly' })
      onTrouble('Your microphone cannot be used, so you only listen. Allow it in the address bar, then call again.')
    }
  }

  async function takeDescription(description) {
    await peer.setRemoteDescription(description)
    for (const candidate of early.splice(0)) await peer.addIceCandidate(candidate)
  }

  async function takeCandidate(candidate) {
    if (peer?.remoteDescription) await peer.addIceCandidate(candidate)
    else early.push(candidate)
  }

  /** A candidate that is lost is one way less, not the end of the call. */
  function send(candidate) {
    manager.sendCandidate(callId, candidate).catch(() => undefined)
  }

  function known(id, iceServers) {
    callId = id
    peer.setConfiguration({ iceServers: [...iceServers] })
    for (const candidate of unsent.splice(0)) send(candidate)
  }

  async function start(conversationId) {
    await begin()
    const offer = await peer.createOffer()
    const { call, iceServers } = await manager.startCall(conversationId, 'audio', offer)
    known(call.id, iceServers)
    await peer.setLocalDescription(offer)
  }

  async function accept(id) {
    const offer = offers.get(id)
    const ahead = early
    await begin()
    early = ahead
    if (offer !== undefined) await takeDescription(offer)
    const answer = offer === undefined ? undefined : await peer.createAnswer()
    const { iceServers } = await manager.answerCall(id, answer)
    known(id, iceServers)
    if (answer !== undefined) await peer.setLocalDescription(answer)
  }

  function stop() {
    for (const track of microphone?.getTracks() ?? []) track.stop()
    peer?.close()
    peer = null
    callId = null
    microphone = null
    early = []
    unsent = []
    offers.clear()
    speaker.srcObject = null
  }

  return {
    start,
    accept,
    stop,
    get isMuted() {
      return microphone?.getTracks().every(({ enabled }) => !enabled) ?? true
    },
    setMuted(isMuted) {
      for (const track of microphone?.getTracks() ?? []) track.enabled = !isMuted
    },
    get hasMicrophone() {
      return microphone !== null
    },
  }
}
