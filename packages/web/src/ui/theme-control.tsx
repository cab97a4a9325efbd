import { Monitor, Moon, Sun } from 'lucide-react'
import { type PlainKey, useText } from '../i18n/text.ts'
import { type Preferences, savePreferences, usePreferences } from '../platform/preferences.ts'
import { IconButton } from './icon-button.tsx'

interface Step {
  readonly next: Preferences['theme']
  readonly name: PlainKey
  readonly icon: typeof Sun
}

const steps: Readonly<Record<Preferences['theme'], Step>> = {
  system: { next: 'light', name: 'common.themeSystem', icon: Monitor },
  light: { next: 'dark', name: 'common.themeLight', icon: Sun },
  dark: { next: 'system', name: 'common.themeDark', icon: Moon },
}

/** Goes round: as the device, light, dark. Its name says which one holds. */
export function ThemeControl() {
  const { theme } = usePreferences()
  const text = useText()
  const { next, name, icon: Icon } = steps[theme]
  const label = `${text('common.theme')}: ${text(name)}`
  return (
    <IconButton
      label={label}
      title={label}
      icon={<Icon className="size-5" />}
      onClick={() => savePreferences({ theme: next })}
    />
  )
}
