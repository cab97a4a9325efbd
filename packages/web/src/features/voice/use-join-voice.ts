import type { VoiceHandle } from '@parley/client'
import { useCallback } from 'react'
import { readVoicePreferences } from '../../platform/voice-preferences.ts'
import { useRoom } from '../room/room-context.tsx'

interface JoinWish {
  readonly listenOnly?: boolean
  readonly camera?: boolean
}

/** Goes into voice as this browser was set up. What goes wrong is in the snapshot, and shown from there. */
export function joinVoice(voice: VoiceHandle, wish: JoinWish = {}): void {
  const { devices, microphone, joinMuted } = readVoicePreferences()
  voice.join({ devices, microphone, muted: joinMuted, ...wish }).catch(() => undefined)
}

export function useJoinVoice(): (wish?: JoinWish) => void {
  const { voice } = useRoom().room
  return useCallback((wish) => joinVoice(voice, wish), [voice])
}
