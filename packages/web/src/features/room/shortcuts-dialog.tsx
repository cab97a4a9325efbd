import { Fragment } from 'react'
import { type PlainKey, useText } from '../../i18n/text.ts'
import { savePreferences, usePreferences } from '../../platform/preferences.ts'
import { isCharacterKey } from '../../state/room-keys.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { OpenState } from './open-state.ts'

type Key = { readonly sign: string } | { readonly word: PlainKey }
interface Shortcut {
  /** Any one of these; an inner list is pressed together. */
  readonly keys: readonly (readonly Key[])[]
  readonly words: PlainKey
}

const sign = (character: string): readonly Key[] => [{ sign: character }]
const word = (key: PlainKey): readonly Key[] => [{ word: key }]

interface Section {
  readonly title: PlainKey
  readonly shortcuts: readonly Shortcut[]
  /** They act wherever the focus is. */
  readonly isEverywhere?: boolean
}

const SECTIONS: readonly Section[] = [
  {
    title: 'room.shortcutsRoom',
    isEverywhere: true,
    shortcuts: [
      { keys: [sign('/'), sign('C')], words: 'room.keyWrite' },
      { keys: [word('room.keyEnd')], words: 'room.keyLatest' },
      { keys: [sign('P')], words: 'room.keyPeople' },
      { keys: [sign('?')], words: 'room.keyHelp' },
    ],
  },
  {
    title: 'room.shortcutsVoice',
    isEverywhere: true,
    shortcuts: [
      { keys: [sign('M')], words: 'room.keyMute' },
      { keys: [sign('V')], words: 'room.keyCamera' },
      { keys: [sign('S')], words: 'room.keyScreen' },
      { keys: [sign('D')], words: 'room.keyDeafen' },
      { keys: [sign('H')], words: 'room.keyHand' },
      { keys: [sign('L')], words: 'room.keyLayout' },
    ],
  },
  {
    title: 'room.shortcutsMessage',
    shortcuts: [
      { keys: [sign('↑'), sign('↓')], words: 'room.keyMove' },
      { keys: [sign('R')], words: 'room.keyReply' },
      { keys: [sign('E')], words: 'room.keyEdit' },
      { keys: [sign('+')], words: 'room.keyReact' },
      { keys: [sign('Y')], words: 'room.keyCopy' },
      { keys: [word('room.keyDeleteKey')], words: 'room.keyDelete' },
      { keys: [word('room.keyEnter')], words: 'room.keyOpen' },
      { keys: [word('room.keyEscape')], words: 'room.keyLeave' },
    ],
  },
  {
    title: 'room.shortcutsComposer',
    shortcuts: [
      { keys: [word('room.keyEnter')], words: 'room.keySend' },
      { keys: [[{ word: 'room.keyShift' }, { word: 'room.keyEnter' }]], words: 'room.keyNewline' },
      { keys: [sign('↑')], words: 'room.keyEditLast' },
      { keys: [word('room.keyEscape')], words: 'room.keyCancel' },
    ],
  },
]

const writesCharacter = ({ keys }: Shortcut): boolean =>
  keys.some((together) => together.some((key) => 'sign' in key && isCharacterKey(key.sign)))

/** The sections with what acts now; those that have nothing left are left out. */
const actingNow = (characterKeys: boolean): readonly Section[] =>
  SECTIONS.map((section) =>
    characterKeys || section.isEverywhere !== true
      ? section
      : { ...section, shortcuts: section.shortcuts.filter((shortcut) => !writesCharacter(shortcut)) },
  ).filter(({ shortcuts }) => shortcuts.length > 0)

/** Every shortcut of the room. */
export function ShortcutsDialog(state: OpenState) {
  const text = useText()
  const { characterKeys } = usePreferences()
  const shown = (key: Key) => ('sign' in key ? key.sign : text(key.word))
  return (
    <Dialog {...state} size="m" isReading title={text('room.shortcutsTitle')}>
      <div className="flex flex-col gap-6">
        <Switch
          label={text('room.characterKeys')}
          hint={text('room.characterKeysHint')}
          checked={characterKeys}
          onChange={(next) => savePreferences({ characterKeys: next })}
        />
        {actingNow(characterKeys).map(({ title, shortcuts }) => (
          <section key={title}>
            <h3 className="mb-1 font-medium text-ink-3 text-xs">{text(title)}</h3>
            <dl className="divide-y divide-line">
              {shortcuts.map(({ keys, words }) => (
                <div key={words} className="flex min-h-11 items-center gap-4">
                  <dt className="flex-1 text-sm">{text(words)}</dt>
                  <dd className="flex items-center gap-1.5 text-ink-3 text-xs">
                    {keys.map((together, index) => (
                      <Fragment key={together.map(shown).join()}>
                        {index > 0 && text('room.keyOr')}
                        {together.map((key) => (
                          <Kbd key={shown(key)}>{shown(key)}</Kbd>
                        ))}
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
