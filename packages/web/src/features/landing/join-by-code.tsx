import { type SubmitEvent, useId, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useText } from '../../i18n/text.ts'
import { pathOfLink } from '../../platform/room-code.ts'
import { Button } from '../../ui/button.tsx'
import { controlClass, errorId, FieldError } from '../../ui/field.tsx'

/** Paste a link or type a code; a pasted one that is complete goes there at once. */
export function JoinByCode() {
  const text = useText()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  const [isRefused, setIsRefused] = useState(false)

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const path = pathOfLink(typed)
    if (path !== null) return navigate(path)
    setIsRefused(true)
    input.current?.focus()
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {text('landing.joinLabel')}
      </label>
      <div className="flex gap-2">
        <input
          ref={input}
          id={id}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setIsRefused(false)
          }}
          onPaste={(event) => {
            const path = pathOfLink(event.clipboardData.getData('text'))
            if (path === null) return
            event.preventDefault()
            navigate(path)
          }}
          placeholder={text('landing.joinPlaceholder')}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="go"
          aria-invalid={isRefused || undefined}
          aria-describedby={isRefused ? errorId(id) : undefined}
          className={`${controlClass} h-12 px-3.5 rtl:text-right`}
        />
        <Button type="submit" className="h-12 px-6">
          {text('landing.join')}
        </Button>
      </div>
      {isRefused && <FieldError id={id}>{text('landing.joinInvalid')}</FieldError>}
    </form>
  )
}
