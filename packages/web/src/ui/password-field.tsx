import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../i18n/text.ts'
import { IconButton } from './icon-button.tsx'
import { TextField, type TextFieldProps } from './text-field.tsx'

/** A password that can be looked at. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'trailing'>) {
  const [isShown, setIsShown] = useState(false)
  const text = useText()
  return (
    <TextField
      {...props}
      type={isShown ? 'text' : 'password'}
      spellCheck={false}
      autoCapitalize="none"
      trailing={
        <IconButton
          label={text(isShown ? 'common.hidePassword' : 'common.showPassword')}
          icon={isShown ? <EyeOff className="size-5" /> : <Eye className="size-5" />}
          onClick={() => setIsShown(!isShown)}
        />
      }
    />
  )
}
