/**
 * The sound and pictures of a call: the voice of its conversation, which we are in for as long as the call goes on.
 * Whether it goes from browser to browser or through a media server, and how it heals, is the SDK's business.
 */
export function createCallMedia({ manager, onChange, onTrouble }) {
  let voice = null
  let stopFollowing = () => undefined

  return {
    /** Once for each call; harmless when we are in it already. */
    async enter(conversationId, withCamera) {
      if (voice !== null) return
      const joined = manager.open(conversationId).voice
      voice = joined
      const stops = [joined.subscribe(onChange), joined.on('camera-failed', onTrouble)]
      stopFollowing = () => {
        for (const stop of stops) stop()
      }
      try {
        await joined.join({ camera: withCamera })
      } catch (error) {
        if (joined === voice) onTrouble(error)
      }
    },

    leave() {
      stopFollowing()
      stopFollowing = () => undefined
      voice?.leave().catch(() => undefined)
      voice = null
    },

    /** As it stands; `null` while we are in no call. */
    get snapshot() {
      return voice?.getSnapshot() ?? null
    },

    setMuted: (isMuted) => voice?.setMuted(isMuted),
    setCamera: (isOn) => voice?.setCamera(isOn).catch(onTrouble),
    setViews: (views) => voice?.setViews(views),
  }
}
