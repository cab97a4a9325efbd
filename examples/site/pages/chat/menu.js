/** Shows a popover beside the button that asked for it, within the window. */
export function showBeside(menu, button) {
  menu.addEventListener('toggle', (event) => onToggle(event, menu, button), { once: true })
  menu.showPopover()
  place(menu, button)
  menu.querySelector('button')?.focus()
}

function onToggle(event, menu, button) {
  const isOpen = event.newState === 'open'
  button.setAttribute('aria-expanded', String(isOpen))
  if (isOpen) menu.addEventListener('toggle', (next) => onToggle(next, menu, button), { once: true })
  else if (document.activeElement === document.body) button.focus()
}

/** For a popover that its button opens by itself, through `popovertarget`. */
export function placeWhenOpened(menu, button) {
  menu.addEventListener('toggle', ({ newState }) => {
    if (newState === 'open') place(menu, button)
  })
}

const MARGIN = 8

function place(menu, button) {
  const at = button.getBoundingClientRect()
  const { width, height } = menu.getBoundingClientRect()
  const left = Math.min(Math.max(at.right - width, MARGIN), window.innerWidth - width - MARGIN)
  const below = at.bottom + 4
  const top = below + height > window.innerHeight - MARGIN ? Math.max(MARGIN, at.top - height - 4) : below
  menu.style.left = `${left}px`
  menu.style.top = `${top}px`
}
