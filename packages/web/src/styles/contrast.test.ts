import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

type Theme = 'light' | 'dark'

const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [
    name,
    { light: String(light), dark: String(dark) },
  ]),
)

function colourOf(name: string, theme: Theme): string {
  const token = tokens.get(name)
  if (token === undefined) throw new Error(`No token --${name} with a light and a dark colour.`)
  return token[theme]
}

/** Relative luminance, WCAG 2.2. */
function luminanceOf(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrastOf(first: string, second: string): number {
  const [dark = 0, light = 0] = [luminanceOf(first), luminanceOf(second)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = ['surface-1', 'surface-2', 'surface-3']
const avatars = [1, 2, 3, 4, 5, 6, 7, 8].map((hue) => `avatar-${hue}`)

const textOn: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ['ink-1', [...surfaces, 'accent-soft', 'success-soft', 'warning-soft', 'danger-soft']],
  ['ink-2', [...surfaces, 'accent-soft', 'success-soft', 'warning-soft', 'danger-soft']],
  ['ink-3', surfaces],
  ['accent-ink', [...surfaces, 'accent-soft']],
  ['on-accent', ['accent-from', 'accent-to', 'accent']],
  ['success', [...surfaces, 'success-soft']],
  ['warning', [...surfaces, 'warning-soft']],
  ['danger', [...surfaces, 'danger-soft']],
  ['on-danger', ['danger']],
  ['avatar-ink', avatars],
  ['surface-1', ['ink-1']],
]

const controlsOn: readonly (readonly [control: string, grounds: readonly string[]])[] = [
  ['line-strong', ['surface-1', 'surface-2', 'surface-3']],
  ['accent', surfaces],
  ['focus', surfaces],
]

const pairs = (table: typeof textOn) =>
  table.flatMap(([ink, grounds]) =>
    grounds.flatMap((ground) => (['light', 'dark'] as const).map((theme) => ({ ink, ground, theme }))),
  )

describe('contrast', () => {
  it.each(pairs(textOn))('$theme: --$ink is readable on --$ground', ({ ink, ground, theme }) => {
    expect(contrastOf(colourOf(ink, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(pairs(controlsOn))('$theme: --$ink can be told from --$ground', ({ ink, ground, theme }) => {
    expect(contrastOf(colourOf(ink, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(3)
  })

  it('measures what WCAG says it should', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})
