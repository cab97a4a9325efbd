import type { VoiceEndReason } from '@parley/client'
import { useEffect } from 'react'
import { getLocale } from '../../i18n/locale.ts'
import { type PlainVoiceKey, voiceText } from '../../i18n/voice-words.ts'
import { readPreferences } from '../../platform/preferences.ts'
import { readVoicePreferences } from '../../platform/voice-preferences.ts'
import { nameIn } from '../../state/people.ts'
import { takesKeys } from '../../state/room-keys.ts'
import { voiceKeyAction } from '../../state/voice-keys.ts'
import { createVoiceNews } from '../../state/voice-news.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useRoom } from '../room/room-context.tsx'
import { createSoundPlayer } from '../room/sound-player.ts'
import { useCallActions } from './use-call-actions.ts'
import { useTalkKey } from './use-talk-key.ts'
import { useIsInVoice, useVoice } from './use-voice.ts'
import { cameraFailureWords } from './voice-failure-words.ts'
import { VOICE_SOUNDS } from './voice-sounds.ts'

/** What the call does beside what it shows: sounds, words for screen readers, keys. */
export function useCallEffects(): void {
  useSounds()
  useNews()
  useEvents()
  useKeys()
  useTalkKey()
}

function useSounds(): void {
  const { voice, call } = useRoom().room
  const isRecording = useVoice(({ recording }) => recording !== null)
  useEffect(() => {
    const player = createSoundPlayer()
    const stopCues = voice.on('cue', (cue) => {
      if (readVoicePreferences().cues) player.play(VOICE_SOUNDS[cue])
    })
    const stopAsked = voice.on('unmute-asked', () => player.play(VOICE_SOUNDS.asked))
    const wasRecording = { current: false }
    // Whoever is recorded hears so, whatever their settings, also when they come while it is on.
    const lookAtRecording = () => {
      const { recording } = voice.getSnapshot()
      if (recording !== null && !wasRecording.current) player.play(VOICE_SOUNDS.recording)
      wasRecording.current = recording !== null
    }
    lookAtRecording()
    const stopRecording = voice.subscribe(lookAtRecording)
    return () => {
      stopCues()
      stopAsked()
      stopRecording()
      player.close()
    }
  }, [voice])
  useEffect(() => {
    if (!isRecording) call.setState({ seenRecordingAt: null })
  }, [isRecording, call])
}

function useNews(): void {
  const { room } = useRoom()
  const isIn = useIsInVoice()
  useEffect(() => {
    if (!isIn) return
    const list = (names: readonly string[]) => new Intl.ListFormat(getLocale().language).format(names)
    const news = createVoiceNews(
      (words) => room.commands.announce(words),
      () => ({
        joined: (names) => voiceText('heardJoined', { count: names.length, names: list(names) }),
        left: (names) => voiceText('heardLeft', { count: names.length, names: list(names) }),
      }),
    )
    const look = () => {
      const { phase, participants } = room.voice.getSnapshot()
      if (phase === 'in') news.see(participants.filter(({ isSelf }) => !isSelf))
    }
    look()
    const stop = room.voice.subscribe(look)
    return () => {
      stop()
      news.stop()
    }
  }, [room, isIn])
}

const ENDED: Readonly<Record<Exclude<VoiceEndReason, 'left' | 'expired'>, PlainVoiceKey>> = {
  elsewhere: 'endedElsewhere',
  kicked: 'endedKicked',
  unavailable: 'endedUnavailable',
}

function useEvents(): void {
  const { room } = useRoom()
  useEffect(() => {
    const stops = [
      room.voice.on('reaction', ({ userId, emoji }) => {
        room.call.float(userId, emoji)
        const name = nameIn(room.chat.getSnapshot(), userId)
        if (name !== null && userId !== room.chat.getSnapshot().selfId)
          room.commands.announce(voiceText('heardReaction', { name, emoji }))
      }),
      room.voice.on('unmute-asked', ({ byName }) => room.call.setState({ unmuteAskedBy: byName })),
      room.voice.on('camera-failed', ({ code }) =>
        showToast(voiceText(cameraFailureWords(code)), { tone: 'danger', id: 'voice-failure' }),
      ),
      room.voice.on('ended', ({ reason }) => {
        // That a room is over, the page itself says.
        if (reason !== 'left' && reason !== 'expired')
          showToast(voiceText(ENDED[reason]), { id: 'voice-ended', durationMs: 10_000 })
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [room])
}

function useKeys(): void {
  const { room } = useRoom()
  const isIn = useIsInVoice()
  const { toggleMuted, toggleCamera, toggleScreen, toggleHand } = useCallActions()
  useEffect(() => {
    if (!isIn) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || takesKeys(event.target instanceof Element ? event.target : null))
        return
      // On a message the letters are the message's own.
      if (event.target instanceof Element && event.target.closest('[role="article"], article') !== null) return
      const action = readPreferences().characterKeys ? voiceKeyAction(event) : null
      if (action === null || room.ui.getState().dialog !== null || event.code === readVoicePreferences().talkKey) return
      event.preventDefault()
      if (action === 'mute') toggleMuted()
      else if (action === 'camera') toggleCamera()
      else if (action === 'screen') toggleScreen()
      else if (action === 'hand') toggleHand()
      else if (action === 'deafen') room.voice.setDeafened(!room.voice.getSnapshot().self.deafened)
      else room.call.setState(({ layout }) => ({ layout: layout === 'grid' ? 'speaker' : 'grid' }))
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [room, isIn, toggleMuted, toggleCamera, toggleScreen, toggleHand])
}
