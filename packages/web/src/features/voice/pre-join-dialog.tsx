import { Headphones, Video, VideoOff } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { saveVoicePreferences, useVoicePreferences } from '../../platform/voice-preferences.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { OpenState } from '../room/open-state.ts'
import { useRoom } from '../room/room-context.tsx'
import { DeviceSelects } from './device-selects.tsx'
import { LevelMeter } from './level-meter.tsx'
import { type CameraPreview, useCameraPreview } from './use-camera-preview.ts'
import { useJoinVoice } from './use-join-voice.ts'
import { type MicrophoneCheck, useMicrophoneCheck } from './use-microphone-check.ts'
import { VideoPicture } from './video-picture.tsx'

/** Devices, level and picture before anybody hears or sees one. */
export function PreJoinDialog(state: OpenState) {
  const say = useVoiceText()
  const { call } = useRoom().room
  const join = useJoinVoice()
  const { joinMuted } = useVoicePreferences()
  const microphone = useMicrophoneCheck(state.open)
  const camera = useCameraPreview(state.open)
  const isHeard = microphone.state !== 'blocked' && microphone.state !== 'missing'

  const enter = (wish: { readonly listenOnly?: boolean }) => {
    microphone.stop()
    camera.stop()
    state.onOpenChange(false)
    join({ ...wish, ...(camera.isOn && wish.listenOnly !== true && { camera: true }) })
  }

  return (
    <Dialog
      {...state}
      size="l"
      title={say('preJoinTitle')}
      description={say('preJoinLead')}
      footer={
        <>
          <Button variant="quiet" onClick={() => enter({ listenOnly: true })}>
            {say('joinAsListener')}
          </Button>
          <Button variant="primary" icon={<Headphones className="size-4.5" />} onClick={() => enter({})}>
            {say(isHeard ? 'join' : 'joinWithoutMicrophone')}
          </Button>
        </>
      }
    >
      <div className="grid gap-x-6 gap-y-5 md:grid-cols-[1.15fr_1fr]">
        <div className="flex flex-col gap-3">
          <Preview camera={camera} />
          <Switch
            label={say('joinMuted')}
            hint={say('joinMutedHint')}
            checked={joinMuted}
            onChange={(next) => saveVoicePreferences({ joinMuted: next })}
          />
          <Button
            variant="quiet"
            size="s"
            className="self-start"
            onClick={() => {
              state.onOpenChange(false)
              setTimeout(() => call.setState({ dialog: 'line-check' }), 250)
            }}
          >
            {say('lineCheck')}
          </Button>
        </div>
        <div className="flex flex-col gap-4">
          <MicrophonePart check={microphone} />
          <DeviceSelects />
        </div>
      </div>
    </Dialog>
  )
}

function Preview({ camera }: { readonly camera: CameraPreview }) {
  const say = useVoiceText()
  return (
    <div className="flex flex-col gap-2">
      <div className="relative flex aspect-video items-center justify-center overflow-hidden rounded-m bg-surface-3">
        {camera.stream !== null ? (
          <>
            <VideoPicture stream={camera.stream} isMirrored />
            <p className="sr-only">{say('cameraPreview')}</p>
          </>
        ) : camera.isStarting ? (
          <Spinner label={say('cameraStart')} />
        ) : (
          <p className="flex flex-col items-center gap-2 p-4 text-center text-ink-3 text-sm">
            <VideoOff className="size-7" aria-hidden="true" />
            {say('cameraIsOff')}
          </p>
        )}
      </div>
      <Button
        icon={camera.isOn ? <VideoOff className="size-4.5" /> : <Video className="size-4.5" />}
        onClick={() => (camera.isOn ? camera.stop() : camera.start())}
      >
        {say(camera.isOn ? 'cameraStop' : 'cameraStart')}
      </Button>
      {camera.hasFailed && (
        <p role="alert" className="text-danger text-sm">
          {say('cameraFailed')}
        </p>
      )}
    </div>
  )
}

/** Louder than a quiet room. */
const HEARD_FROM = 0.08

const PROBLEMS = {
  blocked: ['blockedTitle', 'blockedWords'],
  missing: ['noMicrophoneTitle', 'noMicrophoneWords'],
} as const

function MicrophonePart({ check }: { readonly check: MicrophoneCheck }) {
  const say = useVoiceText()
  if (check.state === 'blocked' || check.state === 'missing') {
    const [title, words] = PROBLEMS[check.state]
    return (
      <Banner
        tone="warning"
        title={say(title)}
        action={
          <Button size="s" onClick={check.retry}>
            {say('tryAgain')}
          </Button>
        }
      >
        {say(words)}
      </Banner>
    )
  }
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium text-sm">{say('level')}</p>
      <Level check={check} />
      <Switch
        label={say('hearYourself')}
        hint={say('hearYourselfHint')}
        checked={check.isHearing}
        onChange={check.setHearing}
      />
    </div>
  )
}

function Level({ check }: { readonly check: MicrophoneCheck }) {
  const say = useVoiceText()
  const level = useSyncExternalStore(check.subscribe, check.level)
  const [hasBeenHeard, setHasBeenHeard] = useState(false)
  if (level > HEARD_FROM && !hasBeenHeard) setHasBeenHeard(true)
  const words = say(hasBeenHeard ? 'levelHeard' : 'levelQuiet')
  return (
    <>
      <LevelMeter level={level} label={say('level')} words={words} />
      <p role="status" className="text-ink-3 text-xs">
        {words}
      </p>
    </>
  )
}
