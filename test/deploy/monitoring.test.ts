import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinMetrics } from '@parley/server/metrics'
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
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
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

/** What one process tells, and what the workers of a machine tell together: that lacks some of it. */
const known = new Set<string>(OWN)
const joined = new Set<string>(OWN)
beforeAll(async () => {
  await using server = await startServer({})
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const json = await fetch(`${server.url}/metrics`, { headers: { Accept: 'application/json' } })
  note(known, text)
  note(joined, await joinMetrics([(await json.json()) as object]))
})

function note(into: Set<string>, text: string): void {
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    into.add(name)
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) into.add(`${name}_${part}`)
  }
}

function expectThere(series: readonly string[]): void {
  for (const each of series) {
    expect(known, each).toContain(each)
    expect(joined, `${each} of workers`).toContain(each)
  }
}

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
    expectThere(series)
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

test('memory is told of above what ten thousand people need, and before the unit or a container runs out of it', () => {
  const scale = readFileSync(join(ROOT, 'docs/operations/scale.md'), 'utf8')
  const bytesOf = (what: string) =>
    Number(new RegExp(`^\\| ${what} +\\| +([\\d,]+) `, 'm').exec(scale)?.[1]?.replace(',', ''))
  const followed = 20
  expect(scale).toMatch(new RegExp(`^\\| conversations that a connection follows +\\| +${followed} `, 'm'))
  const needed = 10_000 * (bytesOf('a connection') + followed * bytesOf('a place in a conversation'))
  const told = Number(/> (\S+)$/.exec(rules.find(({ alert }) => alert === 'ParleyMemoryHigh')?.expr ?? '')?.[1])
  expect(told).toBeGreaterThan(needed)
  const limits = [
    ...[/MemoryHigh=(\d)G/, /MemoryMax=(\d)G/].map((limit) => limit.exec(deployed('systemd/parley.service'))),
    /limits: \{ memory: (\d)G \}/.exec(deployed('docker/compose.yaml')),
    /limits: \{ memory: (\d)Gi \}/.exec(deployed('kubernetes/deployment.yaml')),
  ]
  for (const limit of limits) expect(Number(limit?.[1]) * 1024 ** 3).toBeGreaterThan(told)
})

test('guesses of the operator’s token are told of before an address has made all that it may make at all nodes', () => {
  const { expr = '' } = rules.find(({ alert }) => alert === 'ParleyOperatorTokenGuessed') ?? {}
  expect(expr).not.toMatch(/\bby\b/)
  expect(Number(/> (\d+)$/.exec(expr)?.[1])).toBeLessThan(5)
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
      expectThere(seriesOf(expr))
    }
  })

  test('its marks ask for what there is', () => {
    for (const { expr } of dashboard.annotations.list) expectThere(seriesOf(expr))
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
    const asked = [...panels.flatMap(({ targets }) => targets ?? []), ...dashboard.annotations.list]
    const shown = new Set(asked.flatMap(({ expr }) => seriesOf(expr)))
    const bare = (name: string): string => name.replace(/_(bucket|sum|count)$/, '')
    const all = [...known].filter((name) => name.startsWith('parley_')).map(bare)
    const missing = new Set(all.filter((name) => ![...shown].some((one) => bare(one) === name)))
    expect([...missing]).toEqual(['parley_connections_peak'])
  })
})
