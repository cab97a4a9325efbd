import { Hand, HeadphoneOff, Headphones, MonitorUp, MonitorX, PhoneOff, Video, VideoOff } from 'lucide-react'
import { type Ref, useEffect, useRef } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { classNames } from '../../ui/class-names.ts'
import { isFocusFree } from '../../ui/leave-focus.ts'
import { useRoom } from '../room/room-context.tsx'
import { CallHints } from './call-hints.tsx'
import { CallMenu } from './call-menu.tsx'
import { canShareScreen } from './can-share-screen.ts'
import { DockButton } from './dock-button.tsx'
import { HandsLine } from './hands-line.tsx'
import { HostMenu } from './host-menu.tsx'
import { MicButton, TalkPad } from './mic-button.tsx'
import { ReactionButton } from './reaction-button.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useIsInVoice, useStageShape, useVoice } from './use-voice.ts'
import './voice.css'

/** Where pictures have most of the page, a hint lies over their edge: they would all move for it otherwise. */
const FLOATS = {
  none: '',
  strip: '',
  pictures: 'xl:absolute xl:inset-s-2 xl:inset-e-104 xl:bottom-full',
  alone: 'xl:absolute xl:inset-x-2 xl:bottom-full',
} as const

/** A dialog that one joins from has given back what it had by then, to a button that may be gone. */
const DIALOG_GONE_MS = 300

/** The controls of the call, at the bottom of the room while one is in voice. */
export function CallDock() {
  const say = useVoiceText()
  const isIn = useIsInVoice()
  const shape = useStageShape()
  const wideButtons = useRef<HTMLDivElement>(null)
  const microphone = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isIn) return
    const take = () => {
      if (isFocusFree()) microphone.current?.focus({ preventScroll: true })
    }
    take()
    const timer = setTimeout(take, DIALOG_GONE_MS)
    return () => clearTimeout(timer)
  }, [isIn])
  if (!isIn) return null
  return (
    <section
      aria-label={say('callControls')}
      className="@container relative flex flex-col items-center gap-2 px-2 pt-1 pb-[max(8px,var(--safe-bottom))] sm:pb-4"
    >
      <HandsLine />
      <div
        className={classNames(
          'pointer-events-none flex max-w-full justify-center *:pointer-events-auto empty:hidden',
          FLOATS[shape],
        )}
      >
        <CallHints />
      </div>
      <TalkPad />
      <div className="glass floating-bar flex w-full max-w-190 animate-[rise-in_160ms_ease-out] items-stretch rounded-l px-1.5 py-1 @2xl:w-auto @2xl:gap-0.5 @2xl:px-2 @2xl:py-1.5">
        <MicButton ref={microphone} />
        <CameraButton />
        <WideButtons ref={wideButtons} />
        <ReactionButton />
        <HostMenu />
        <CallMenu isWhole={() => (wideButtons.current?.getClientRects().length ?? 0) === 0} />
        <LeaveButton />
      </div>
    </section>
  )
}

function CameraButton() {
  const say = useVoiceText()
  const { toggleCamera } = useCallActions()
  const isOn = useVoice(({ self }) => self.cameraOn)
  const listenOnly = useVoice(({ self }) => self.listenOnly)
  if (listenOnly) return null
  return (
    <DockButton
      label={say(isOn ? 'cameraOff' : 'cameraOn')}
      short={say('camera')}
      icon={isOn ? <Video className="size-5.25" /> : <VideoOff className="size-5.25" />}
      look={isOn ? 'live' : 'plain'}
      pressed={isOn}
      onClick={toggleCamera}
    />
  )
}

/** What is in the menu where the dock has no room for it. */
function WideButtons({ ref }: { readonly ref: Ref<HTMLDivElement> }) {
  const say = useVoiceText()
  const { voice } = useRoom().room
  const { toggleScreen, toggleHand } = useCallActions()
  const { screenOn, deafened, hand, listenOnly } = useVoice(({ self }) => self)
  return (
    <div ref={ref} className="hidden items-stretch gap-0.5 @2xl:flex">
      {!listenOnly && canShareScreen() && (
        <DockButton
          label={say(screenOn ? 'screenOff' : 'screenOn')}
          short={say('screen')}
          icon={screenOn ? <MonitorX className="size-5.25" /> : <MonitorUp className="size-5.25" />}
          look={screenOn ? 'live' : 'plain'}
          pressed={screenOn}
          onClick={toggleScreen}
        />
      )}
      <DockButton
        label={say(deafened ? 'undeafen' : 'deafen')}
        short={say(deafened ? 'deafened' : 'sound')}
        icon={deafened ? <HeadphoneOff className="size-5.25" /> : <Headphones className="size-5.25" />}
        look={deafened ? 'off' : 'plain'}
        onClick={() => voice.setDeafened(!deafened)}
      />
      <DockButton
        label={say(hand ? 'handDown' : 'handUp')}
        short={say('hand')}
        icon={<Hand className="size-5.25" />}
        look={hand ? 'live' : 'plain'}
        pressed={hand}
        onClick={toggleHand}
      />
    </div>
  )
}

function LeaveButton() {
  const say = useVoiceText()
  const { leave } = useCallActions()
  return (
    <DockButton
      label={say('leaveVoice')}
      short={say('leave')}
      icon={<PhoneOff className="size-5.25" />}
      look="leave"
      onClick={leave}
      className="@2xl:ms-1"
    />
  )
}
