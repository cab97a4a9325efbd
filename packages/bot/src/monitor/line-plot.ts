/** One line of a plot: values at times, `null` where nothing is known. */
export interface PlotLine {
  readonly label: string
  readonly color: string
  readonly points: readonly { readonly at: number; readonly value: number | null }[]
}

export interface LinePlot {
  /** What the vertical axis shows, with its unit. */
  readonly title: string
  /** Unix ms. */
  readonly from: number
  readonly to: number
  readonly lines: readonly PlotLine[]
  /** The axis: least and greatest value, and at least this far up. */
  readonly low: number
  readonly high: number
}

const WIDTH = 900
const HEIGHT = 170
const LEFT = 56
const RIGHT = 12
const TOP = 10
const BOTTOM = 26
/** More points than this can't be told apart. */
const MAX_POINTS = 450

export const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const x = (at: number, { from, to }: { readonly from: number; readonly to: number }): number =>
  LEFT + ((at - from) / Math.max(1, to - from)) * (WIDTH - LEFT - RIGHT)

const clockText = (at: number): string => new Date(at).toISOString().slice(11, 19)

/** Marks on the time axis, five or fewer. */
function timeAxis(span: { readonly from: number; readonly to: number }, bottom: number): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => {
      const at = span.from + share * (span.to - span.from)
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle'
      return `<text class="axis" x="${x(at, span).toFixed(1)}" y="${bottom}" text-anchor="${anchor}">${clockText(at)}</text>`
    })
    .join('')
}

/** Several neighbours as the greatest of them: a peak stays to be seen. */
function thinned(points: PlotLine['points']): PlotLine['points'] {
  const size = Math.ceil(points.length / MAX_POINTS)
  if (size <= 1) return points
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const group = points.slice(index * size, (index + 1) * size)
    const known = group.flatMap(({ value }) => (value === null ? [] : [value]))
    return { at: group[0]?.at ?? 0, value: known.length === 0 ? null : Math.max(...known) }
  })
}

function path(line: PlotLine, plot: LinePlot, y: (value: number) => number): string {
  let isDrawing = false
  const steps = thinned(line.points).map(({ at, value }) => {
    if (value === null) {
      isDrawing = false
      return ''
    }
    const step = `${isDrawing ? 'L' : 'M'}${x(at, plot).toFixed(1)} ${y(value).toFixed(1)}`
    isDrawing = true
    return step
  })
  const d = steps.join('')
  return `<path d="${d}" fill="none" stroke="${line.color}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"><title>${escapeMarkup(line.label)}</title></path>`
}

/** A plot over time as an SVG element. */
export function linePlot(plot: LinePlot): string {
  const { low, lines } = plot
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])))
  const high = Math.max(plot.high, ...values)
  const bottom = HEIGHT - BOTTOM
  const y = (value: number): number =>
    bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (bottom - TOP)
  const grid = [0, 0.5, 1].map((share) => {
    const value = low + share * (high - low)
    const at = y(value).toFixed(1)
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text class="axis" x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`
  })
  return [
    `<figure><figcaption>${escapeMarkup(plot.title)}</figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(plot.title)}">`,
    ...grid,
    timeAxis(plot, HEIGHT - 8),
    ...lines.map((line) => path(line, plot, y)),
    '</svg></figure>',
  ].join('')
}

export interface TurnRow {
  readonly name: string
  readonly color: string
  readonly turns: readonly { readonly from: number; readonly to: number }[]
}

const ROW_HEIGHT = 26
const NAME_WIDTH = 150

/** Who spoke when: a row a person, a bar a turn. */
export function turnPlot(rows: readonly TurnRow[], span: { readonly from: number; readonly to: number }): string {
  const height = rows.length * ROW_HEIGHT + BOTTOM
  const place = (at: number): number =>
    NAME_WIDTH + ((at - span.from) / Math.max(1, span.to - span.from)) * (WIDTH - NAME_WIDTH - RIGHT)
  const bars = rows.flatMap(({ name, color, turns }, index) => {
    const top = index * ROW_HEIGHT
    return [
      `<text x="0" y="${top + 17}">${escapeMarkup([...name].slice(0, 20).join(''))}</text>`,
      `<line class="grid" x1="${NAME_WIDTH}" x2="${WIDTH - RIGHT}" y1="${top + ROW_HEIGHT - 2}" y2="${top + ROW_HEIGHT - 2}"/>`,
      ...turns.map(({ from, to }) => {
        const width = Math.max(1, place(to) - place(from))
        return `<rect x="${place(from).toFixed(1)}" y="${top + 5}" width="${width.toFixed(1)}" height="14" rx="3" fill="${color}"><title>${clockText(from)} – ${clockText(to)}</title></rect>`
      }),
    ]
  })
  const ends = [
    `<text class="axis" x="${NAME_WIDTH}" y="${height - 8}">${clockText(span.from)}</text>`,
    `<text class="axis" x="${WIDTH - RIGHT}" y="${height - 8}" text-anchor="end">${clockText(span.to)}</text>`,
  ]
  return `<figure><figcaption>Who spoke when</figcaption><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Who spoke when">${bars.join('')}${ends.join('')}</svg></figure>`
}
