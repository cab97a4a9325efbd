import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES, useLocale } from '../../i18n/locale.ts'
import { useText } from '../../i18n/text.ts'
import { savePreferences, usePreferences } from '../../platform/preferences.ts'
import { Choice } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select } from '../../ui/select.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { OpenState } from './open-state.ts'

/** What this browser keeps: how the room looks, sounds and calls for attention. */
export function SettingsDialog(state: OpenState) {
  const text = useText()
  const { theme, sound, titleBadge, motion } = usePreferences()
  const { language } = useLocale()
  return (
    <Dialog {...state} size="m" title={text('room.settingsTitle')}>
      <div className="flex flex-col gap-5">
        <Choice
          label={text('common.theme')}
          value={theme}
          onChange={(next) => savePreferences({ theme: next })}
          options={[
            { value: 'system', label: text('common.themeSystem') },
            { value: 'light', label: text('common.themeLight') },
            { value: 'dark', label: text('common.themeDark') },
          ]}
        />
        <Select
          label={text('common.language')}
          value={language}
          onChange={(next) => void chooseLanguage(next)}
          options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
        <div className="flex flex-col gap-3 border-line border-t pt-4">
          <Switch
            label={text('room.soundSetting')}
            hint={text('room.soundHint')}
            checked={sound}
            onChange={(next) => savePreferences({ sound: next })}
          />
          <Switch
            label={text('room.badgeSetting')}
            hint={text('room.badgeHint')}
            checked={titleBadge}
            onChange={(next) => savePreferences({ titleBadge: next })}
          />
          <Switch
            label={text('room.motionSetting')}
            hint={text('room.motionHint')}
            checked={motion === 'reduce'}
            onChange={(next) => savePreferences({ motion: next ? 'reduce' : 'system' })}
          />
        </div>
      </div>
    </Dialog>
  )
}
