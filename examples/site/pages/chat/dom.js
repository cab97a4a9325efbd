import { ICONS } from './icons.js'

/**
 * An element with attributes, handlers (`onclick`) and children; `null` children are left out.
 * Text goes in as text: nothing that people write is ever read as markup.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'data') Object.assign(element.dataset, value)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null))
  return element
}

/** One of the drawings of icons.js. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', ICONS[name])
  svg.append(path)
  return svg
}

/** Puts the drawings into the page as it was loaded, where `data-icon` names one. */
export function drawIcons() {
  for (const element of document.querySelectorAll('[data-icon]')) element.prepend(icon(element.dataset.icon))
}

export const byId = (id) => document.getElementById(id)

/** Sets a text only when it differs, so that nothing is announced twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Keeps the children of `container` in step with a list of plain objects that have a `key`: each child is built
 * anew only when its object says something else, and the focus stays where it was.
 */
export function keyedList(container, build) {
  let shown = new Map()
  return (rows) => {
    const next = new Map()
    let before = null
    for (const row of rows) {
      const text = JSON.stringify(row)
      const old = shown.get(row.key)
      const element = old?.text === text ? old.element : build(row, old === undefined)
      if (old !== undefined && old.element !== element) replaceKeepingFocus(old.element, element)
      const place = before === null ? container.firstChild : before.nextSibling
      if (element !== place) container.insertBefore(element, place)
      next.set(row.key, { text, element })
      before = element
    }
    for (const [key, { element }] of shown) if (!next.has(key)) element.remove()
    shown = next
  }
}

/** Controls are recognised in a new element by their `data-control`. */
function replaceKeepingFocus(old, element) {
  const control = old.contains(document.activeElement) ? document.activeElement.dataset.control : undefined
  old.replaceWith(element)
  if (control === undefined) return
  const same = element.matches(`[data-control="${control}"]`) ? element : null
  ;(same ?? element.querySelector(`[data-control="${control}"]`))?.focus({ preventScroll: true })
}
