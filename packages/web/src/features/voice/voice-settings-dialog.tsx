import type { MicrophoneSettings } from '@parley/client'
import { useEffect, useState } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { readVoicePreferences, saveVoicePreferences, useVoicePreferences } from '../../platform/voice-preferences.ts'
import { canBeTalkKey, keyName } from '../../state/voice-keys.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { OpenState } from '../room/open-state.ts'
import { useRoom } from '../room/room-context.tsx'
import { DeviceSelects } from './device-selects.tsx'
import { LevelMeter } from './level-meter.tsx'
import { RangeField } from './range-field.tsx'
import { useVoice } from './use-voice.ts'

/** How one is heard: devices, when the microphone opens, what is cleaned up, and the sounds of the call. */
export function VoiceSettingsDialog(state: OpenState) {
  const say = useVoiceText()
  const { microphone, cues } = useVoicePreferences()
  const set = useSetMicrophone()
  const modes = [
    { value: 'open', label: say('modeOpen') },
    { value: 'push-to-talk', label: say('modePush') },
    { value: 'voice-activation', label: say('modeActivation') },
  ] as const
  return (
    <Dialog {...state} size="m" title={say('settingsTitle')}>
      <div className="flex flex-col gap-5">
        <DeviceSelects />
        <div className="flex flex-col gap-3 border-line border-t pt-4">
          <Choice label={say('modeLabel')} value={microphone.mode} onChange={(mode) => set({ mode })} options={modes} />
          <ModeDetails microphone={microphone} onChange={set} />
        </div>
        <div className="flex flex-col gap-2 border-line border-t pt-4">
          <Switch
            label={say('echoSetting')}
            hint={say('echoHint')}
            checked={microphone.echoCancellation && !microphone.music}
            disabled={microphone.music}
            onChange={(echoCancellation) => set({ echoCancellation })}
          />
          <Switch
            label={say('noiseSetting')}
            hint={say('noiseHint')}
            checked={microphone.noiseSuppression && !microphone.music}
            disabled={microphone.music}
            onChange={(noiseSuppression) => set({ noiseSuppression })}
          />
          <Switch
            label={say('gainSetting')}
            hint={say('gainHint')}
            checked={microphone.autoGainControl && !microphone.music}
            disabled={microphone.music}
            onChange={(autoGainControl) => set({ autoGainControl })}
          />
          <Switch
            label={say('musicSetting')}
            hint={say('musicHint')}
            checked={microphone.music}
            onChange={(music) => set({ music })}
          />
          <Switch
            label={say('cuesSetting')}
            hint={say('cuesHint')}
            checked={cues}
            onChange={(next) => saveVoicePreferences({ cues: next })}
          />
        </div>
      </div>
    </Dialog>
  )
}

/** Keeps the settings in this browser; in voice they hold at once. */
function useSetMicrophone(): (changes: Partial<MicrophoneSettings>) => void {
  const { voice } = useRoom().room
  return (changes) => {
    saveVoicePreferences({ microphone: { ...readVoicePreferences().microphone, ...changes } })
    voice.setMicrophone(changes).catch(() => undefined)
  }
}

interface ModeDetailsProps {
  readonly microphone: MicrophoneSettings
  readonly onChange: (changes: Partial<MicrophoneSettings>) => void
}

function ModeDetails({ microphone, onChange }: ModeDetailsProps) {
  const say = useVoiceText()
  if (microphone.mode === 'open') return <p className="text-ink-3 text-xs">{say('modeOpenHint')}</p>
  if (microphone.mode === 'push-to-talk') return <TalkKeyField />
  const percent = Math.round(microphone.threshold * 100)
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-3 text-xs">{say('modeActivationHint')}</p>
      <LiveLevel threshold={microphone.threshold} />
      <RangeField
        label={say('threshold')}
        value={percent}
        min={1}
        max={80}
        step={1}
        words={say('percent', { value: formatNumber(percent) })}
        onChange={(value) => onChange({ threshold: value / 100 })}
      />
    </div>
  )
}

/** What the microphone hears now; while not in voice there is nothing to hear it with. */
function LiveLevel({ threshold }: { readonly threshold: number }) {
  const say = useVoiceText()
  const isIn = useVoice(({ phase }) => phase === 'in')
  const level = useVoice(({ self }) => self.level)
  if (!isIn) return null
  const isOpen = level >= threshold
  return (
    <LevelMeter
      level={level}
      threshold={threshold}
      label={say('levelNow')}
      words={say(isOpen ? 'levelOpen' : 'levelClosed')}
    />
  )
}

function TalkKeyField() {
  const say = useVoiceText()
  const { talkKey } = useVoicePreferences()
  const [isAsking, setIsAsking] = useState(false)
  useEffect(() => {
    if (!isAsking) return
    const onKeyDown = (event: KeyboardEvent) => {
      event.preventDefault()
      event.stopPropagation()
      if (event.code !== 'Escape') {
        if (!canBeTalkKey(event.code)) return
        saveVoicePreferences({ talkKey: event.code })
      }
      setIsAsking(false)
    }
    addEventListener('keydown', onKeyDown, { capture: true })
    return () => removeEventListener('keydown', onKeyDown, { capture: true })
  }, [isAsking])
  const key = talkKey === 'Space' ? say('spaceBar') : keyName(talkKey)
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="min-w-48 flex-1">
        <p className="font-medium text-sm">{say('talkKey', { key })}</p>
        <p className="text-ink-3 text-xs">{say('talkKeyHint')}</p>
      </div>
      <Button size="s" aria-live="polite" onClick={() => setIsAsking(true)} onBlur={() => setIsAsking(false)}>
        {say(isAsking ? 'talkKeyPress' : 'talkKeyChange')}
      </Button>
    </div>
  )
}
