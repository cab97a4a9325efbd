import { Ear, Mic, MicOff } from 'lucide-react'
import type { Ref } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { useVoicePreferences } from '../../platform/voice-preferences.ts'
import { micState } from '../../state/mic-state.ts'
import { keyName } from '../../state/voice-keys.ts'
import { useRoom } from '../room/room-context.tsx'
import { DockButton, type DockButtonProps } from './dock-button.tsx'
import { useHold } from './use-hold.ts'
import { useVoice } from './use-voice.ts'

/** Our microphone as it stands, and the way to change it: a toggle, or held to talk. */
export function MicButton({ ref }: { readonly ref: Ref<HTMLButtonElement> }) {
  const say = useVoiceText()
  const { voice, call } = useRoom().room
  const state = useVoice(({ self }) => micState(self))
  if (state === 'hold') return <HoldToTalk ref={ref} />
  const buttons: Record<typeof state, DockButtonProps> = {
    listening: {
      label: say('listenOnlyLabel'),
      short: say('listening'),
      icon: <Ear className="size-5.25" />,
      'aria-disabled': 'true',
      className: 'opacity-70',
    },
    'muted-by-host': {
      label: say('mutedByHostLabel'),
      short: say('muted'),
      icon: <MicOff className="size-5.25" />,
      look: 'off',
      'aria-disabled': 'true',
    },
    'not-heard': {
      label: say('notHeardLabel'),
      short: say('notHeard'),
      icon: <MicOff className="size-5.25" />,
      look: 'off',
      onClick: () => call.setState({ dialog: 'settings' }),
    },
    muted: {
      label: say('mutedLabel'),
      short: say('muted'),
      icon: <MicOff className="size-5.25" />,
      look: 'off',
      onClick: () => voice.setMuted(false),
    },
    open: {
      label: say('mute'),
      short: say('mic'),
      icon: <Mic className="size-5.25" />,
      behind: <Level />,
      onClick: () => voice.setMuted(true),
    },
  }
  return <DockButton ref={ref} {...buttons[state]} />
}

function HoldToTalk({ ref }: { readonly ref: Ref<HTMLButtonElement> }) {
  const say = useVoiceText()
  const pressed = useVoice(({ self }) => self.pressed)
  const { talkKey } = useVoicePreferences()
  const hold = useHold()
  const key = talkKey === 'Space' ? say('spaceBar') : keyName(talkKey)
  return (
    <DockButton
      ref={ref}
      {...hold}
      className="touch-none!"
      label={say('holdToTalkLabel', { key })}
      short={say('holdToTalk')}
      icon={<Mic className="size-5.25" />}
      look={pressed ? 'live' : 'plain'}
      pressed={pressed}
      behind={pressed ? <Level /> : undefined}
    />
  )
}

/** On a touch screen a button for the whole thumb. */
export function TalkPad() {
  const say = useVoiceText()
  const state = useVoice(({ self }) => micState(self))
  const pressed = useVoice(({ self }) => self.pressed)
  const hold = useHold()
  if (state !== 'hold') return null
  return (
    <button
      type="button"
      {...hold}
      aria-pressed={pressed}
      className="glass hidden h-16 w-full touch-none select-none items-center justify-center gap-2.5 rounded-l font-semibold text-base outline-offset-0 transition-[transform,background-color] duration-150 [-webkit-touch-callout:none] active:scale-[0.99] aria-pressed:accent-fill pointer-coarse:flex"
    >
      <Mic className="size-5.5" aria-hidden="true" />
      {say(pressed ? 'talkingNow' : 'holdToTalkPad')}
    </button>
  )
}

/** What the microphone hears, from the floor up. */
function Level() {
  const level = useVoice(({ self }) => (self.transmitting ? self.level : 0))
  return (
    <span
      className="call-level absolute inset-0 -z-10 origin-bottom bg-accent/40"
      style={{ transform: `scaleY(${level.toFixed(2)})` }}
    />
  )
}
