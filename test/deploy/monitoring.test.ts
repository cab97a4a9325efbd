import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '@parley/testkit'
import { parser } from '@prometheus-io/lezer-promql'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { deployed, ROOT } from './deploy-files.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook', string>>
}
interface Target {
  readonly refId: string
  readonly expr: string
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly Target[]
}

const scrape = parse(deployed('monitoring/prometheus.yml'))
const alerts = parse(deployed('monitoring/parley-alerts.yml')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}
const rules = alerts.groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(deployed('monitoring/parley-dashboard.json')) as {
  readonly schemaVersion: number
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] }
  readonly panels: readonly Panel[]
}
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const manual = readFileSync(join(ROOT, 'docs/operations/alerts.md'), 'utf8')

/** Series that Prometheus itself makes for each target. */
const OWN = ['up']
const RULE_SPAN = /^\d+[smhd]$/

/** The series that an expression reads. Throws for what is no PromQL. */
function seriesOf(expr: string): string[] {
  // What Grafana fills in.
  const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*')
  const names: string[] = []
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`Not PromQL near "${text.slice(node.from, node.from + 20)}": ${text}`)
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier')
        if (name !== null) names.push(text.slice(name.from, name.to))
      }
    },
  })
  return names
}

const known = new Set<string>(OWN)
beforeAll(async () => {
  await using server = await startServer({})
  const text = await (await fetch(`${server.url}/metrics`)).text()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    known.add(name)
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) known.add(`${name}_${part}`)
  }
})

test('what is no PromQL is noticed', () => {
  expect(() => seriesOf('sum(rate(parley_x[5m])')).toThrow(/Not PromQL/)
  expect(seriesOf('sum by (a) (rate(parley_x{b="c"}[5m])) / parley_y > 1')).toEqual(['parley_x', 'parley_y'])
})

test('Prometheus reads the rules, and the nodes with their token', () => {
  expect(scrape.rule_files).toEqual(['parley-alerts.yml'])
  expect(scrape.scrape_configs).toMatchObject([{ job_name: 'parley', authorization: { type: 'Bearer' } }])
})

describe.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (name, rule) => {
  test('asks for what there is', () => {
    const series = seriesOf(rule.expr)
    expect(series.length).toBeGreaterThan(0)
    for (const each of series) expect(known, each).toContain(each)
    if (rule.for !== undefined) expect(rule.for).toMatch(RULE_SPAN)
  })

  test('says what is wrong, and where it is written what to do', () => {
    expect(rule.labels.severity).toMatch(/^(critical|warning)$/)
    expect(rule.annotations.summary).toMatch(/[^.]$/)
    expect(rule.annotations.description).toMatch(/\.$/)
    expect(rule.annotations.runbook).toBe(`docs/operations/alerts.md#${name.toLowerCase()}`)
    expect(manual).toMatch(new RegExp(`^### ${name}$`, 'm'))
  })
})

test('the manual has no alert that there is not', () => {
  const described = [...manual.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(described.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
})

describe('the dashboard', () => {
  test.each(panels.map((panel) => [panel.title, panel] as const))('%s: asks for what there is', (_title, panel) => {
    expect(panel.datasource?.uid).toMatch(/^\$\{datasource\}$/)
    expect(panel.targets?.length).toBeGreaterThan(0)
    for (const { expr } of panel.targets ?? []) {
      expect(expr).toContain('instance=~"$instance"')
      for (const each of seriesOf(expr)) expect(known, each).toContain(each)
    }
  })

  test('is one that Grafana takes: ids and places of its panels are their own', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36)
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ])
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const taken = new Map<string, string>()
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`), `${title} lies on another one`).toBeUndefined()
          taken.set(`${x} ${y}`, title)
        }
      }
    }
  })

  test('leaves out no metric of Parley', () => {
    const shown = new Set(panels.flatMap(({ targets }) => (targets ?? []).flatMap(({ expr }) => seriesOf(expr))))
    const bare = (name: string): string => name.replace(/_(bucket|sum|count)$/, '')
    const all = [...known].filter((name) => name.startsWith('parley_')).map(bare)
    const missing = new Set(all.filter((name) => ![...shown].some((one) => bare(one) === name)))
    expect([...missing]).toEqual(['parley_connections_peak'])
  })
})
