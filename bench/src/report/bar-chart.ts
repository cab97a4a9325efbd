/** One bar; the whisker shows the least and the greatest round. */
interface Bar {
  readonly series: string
  readonly value: number
  readonly low: number
  readonly high: number
}

interface BarGroup {
  readonly label: string
  readonly bars: readonly Bar[]
}

export interface BarChart {
  readonly title: string
  /** What the vertical axis shows, with its unit. */
  readonly valueAxis: string
  /** What the groups are. */
  readonly groupAxis: string
  readonly groups: readonly BarGroup[]
}

const WIDTH = 900
const PLOT = { left: 70, right: 20, top: 46, height: 260, bottom: 52 }
const CHART_HEIGHT = PLOT.top + PLOT.height + PLOT.bottom
const LEGEND_HEIGHT = 40
const FOOT_HEIGHT = 30
const COLORS = ['#0f766e', '#94a3b8', '#2563eb', '#cbd5e1', '#f59e0b', '#a855f7']
const INK = '#1e293b'
const FAINT = '#e2e8f0'

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(content)}</text>`

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2))

/** The steps of an axis from 0 to at least `max`: 1, 2 or 5 times a power of ten apart. */
export function axisSteps(max: number): number[] {
  if (!(max > 0)) return [0, 1]
  const power = 10 ** Math.floor(Math.log10(max / 4))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => max / candidate <= 5) ?? max
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, index) => index * step)
}

function drawChart(chart: BarChart, top: number, colorOf: (series: string) => string): string {
  const steps = axisSteps(Math.max(...chart.groups.flatMap((group) => group.bars.map((bar) => bar.high))))
  const max = steps.at(-1) ?? 1
  const plotTop = top + PLOT.top
  const plotBottom = plotTop + PLOT.height
  const y = (value: number): number => plotBottom - (value / max) * PLOT.height
  const groupWidth = (WIDTH - PLOT.left - PLOT.right) / chart.groups.length
  const parts = [
    text(PLOT.left, top + 24, chart.title, 'font-size="16" font-weight="600"'),
    text(
      18,
      plotTop + PLOT.height / 2,
      chart.valueAxis,
      `text-anchor="middle" transform="rotate(-90 18 ${plotTop + PLOT.height / 2})"`,
    ),
    text(PLOT.left + (WIDTH - PLOT.left - PLOT.right) / 2, plotBottom + 42, chart.groupAxis, 'text-anchor="middle"'),
  ]
  for (const step of steps) {
    parts.push(
      `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${y(step)}" y2="${y(step)}" stroke="${FAINT}"/>`,
      text(PLOT.left - 8, y(step) + 4, String(Number(step.toPrecision(3))), 'text-anchor="end"'),
    )
  }
  for (const [index, group] of chart.groups.entries()) {
    const left = PLOT.left + index * groupWidth
    const slot = (groupWidth * 0.84) / group.bars.length
    parts.push(text(left + groupWidth / 2, plotBottom + 20, group.label, 'text-anchor="middle"'))
    for (const [place, bar] of group.bars.entries()) {
      const x = left + groupWidth * 0.08 + place * slot
      const middle = x + slot / 2
      parts.push(
        `<rect x="${(x + 2).toFixed(1)}" y="${y(bar.value).toFixed(1)}" width="${(slot - 4).toFixed(1)}" height="${(plotBottom - y(bar.value)).toFixed(1)}" rx="2" fill="${colorOf(bar.series)}"/>`,
        `<line x1="${middle.toFixed(1)}" x2="${middle.toFixed(1)}" y1="${y(bar.low).toFixed(1)}" y2="${y(bar.high).toFixed(1)}" stroke="${INK}"/>`,
        text(middle, y(bar.high) - 5, figure(bar.value), 'text-anchor="middle" font-size="11"'),
      )
    }
  }
  return parts.join('\n')
}

/** An SVG document with the charts below one another, one legend for all, and a line of `foot`. */
export function barCharts(charts: readonly BarChart[], foot: string): string {
  const series = [
    ...new Set(charts.flatMap((chart) => chart.groups.flatMap((group) => group.bars.map((b) => b.series)))),
  ]
  const colorOf = (name: string): string => COLORS[series.indexOf(name) % COLORS.length] ?? INK
  const height = LEGEND_HEIGHT + charts.length * CHART_HEIGHT + FOOT_HEIGHT
  let x = PLOT.left
  const legend = series.map((name) => {
    const entry = `<rect x="${x}" y="16" width="14" height="14" rx="2" fill="${colorOf(name)}"/>${text(x + 20, 28, name)}`
    x += 44 + name.length * 7
    return entry
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...legend,
    ...charts.map((chart, index) => drawChart(chart, LEGEND_HEIGHT + index * CHART_HEIGHT, colorOf)),
    text(PLOT.left, height - 12, foot, 'font-size="11" fill="#64748b"'),
    '</svg>',
    '',
  ].join('\n')
}
