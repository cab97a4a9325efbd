import { Check } from 'lucide-react'
import * as Primitive from 'radix-ui/dropdown-menu'
import { createContext, type ReactElement, type ReactNode, type RefObject, use, useRef } from 'react'
import { classNames } from './class-names.ts'

export interface MenuProps {
  /** The button that opens it: one element that takes a ref, such as `IconButton`. */
  readonly trigger: ReactElement
  /** `MenuItem`s and their kin. */
  readonly children: ReactNode
  readonly align?: 'start' | 'center' | 'end'
  readonly side?: 'top' | 'bottom'
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
}

/** What is to be done once the menu has closed. */
const AfterMenu = createContext<RefObject<(() => void) | null>>({ current: null })

const itemClass =
  'flex min-h-11 cursor-pointer select-none items-center gap-3 rounded-s px-3 text-sm outline-none ' +
  'data-[highlighted]:bg-surface-3 data-[disabled]:pointer-events-none data-[disabled]:opacity-50 sm:min-h-10'

/** A menu of actions. Arrow keys, type-ahead and Escape work; focus returns to the trigger. */
export function Menu({ trigger, children, align = 'end', side = 'bottom', open, onOpenChange }: MenuProps) {
  const afterwards = useRef<(() => void) | null>(null)
  const onClosed = () => {
    const run = afterwards.current
    afterwards.current = null
    // The button has the focus after this.
    if (run !== null) setTimeout(run, 0)
  }
  return (
    // Not modal: a page hidden from screen readers behind a menu would still hold what can take the focus.
    <Primitive.Root modal={false} {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={onClosed}
          className="glass-thick z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-[min(13rem,calc(100vw-16px))] max-w-[min(20rem,calc(100vw-16px))] overflow-y-auto rounded-m p-1.5 data-[state=open]:animate-[dialog-in_140ms_var(--ease-out)]"
        >
          <AfterMenu value={afterwards}>{children}</AfterMenu>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

export interface MenuItemProps {
  readonly children: ReactNode
  readonly onSelect: () => void
  readonly icon?: ReactNode
  /** For what can't be taken back. */
  readonly danger?: boolean
  readonly disabled?: boolean
  /** The keys that do the same, shown at the end. */
  readonly shortcut?: ReactNode
  /** It takes the focus to a dialog or a field: it is done when the menu has given the focus back to its button. */
  readonly movesFocus?: boolean
}

/** One action. */
export function MenuItem(props: MenuItemProps) {
  const { children, onSelect, icon, danger = false, disabled = false, shortcut, movesFocus = false } = props
  const afterwards = use(AfterMenu)
  const defer = () => {
    afterwards.current = onSelect
  }
  return (
    <Primitive.Item
      disabled={disabled}
      onSelect={movesFocus ? defer : onSelect}
      className={classNames(itemClass, danger ? 'text-danger data-[highlighted]:bg-danger-soft' : 'text-ink-1')}
    >
      {icon !== undefined && (
        <span aria-hidden="true" className={classNames('inline-flex', !danger && 'text-ink-3')}>
          {icon}
        </span>
      )}
      <span className="min-w-0 flex-1">{children}</span>
      {shortcut}
    </Primitive.Item>
  )
}

export interface MenuChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string }[]
}

/** One of several, with a heading. */
export function MenuChoice<T extends string>({ label, value, onChange, options }: MenuChoiceProps<T>) {
  return (
    <Primitive.RadioGroup
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next)
        if (option) onChange(option.value)
      }}
      aria-label={label}
    >
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <Primitive.RadioItem key={option.value} value={option.value} className={itemClass}>
          <span className="flex-1">{option.label}</span>
          <span aria-hidden="true" className="inline-flex size-5 text-accent">
            {option.value === value && <Check className="size-5" />}
          </span>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  )
}

function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <Primitive.Label className="px-3 pt-2 pb-1 font-medium text-ink-3 text-xs">{children}</Primitive.Label>
}

export function MenuSeparator() {
  return <Primitive.Separator className="mx-3 my-1.5 h-px bg-line" />
}
