/** One line of what Prometheus reads. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly help: string
  readonly type: string
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** The text format of Prometheus (version 0.0.4), read strictly. Throws for a line that it does not know. */
export function parseExposition(text: string): {
  readonly families: ReadonlyMap<string, Family>
  readonly samples: readonly Sample[]
} {
  const families = new Map<string, Family>()
  const samples: Sample[] = []
  const helps = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'HELP' && name !== undefined) helps.set(name, rest ?? '')
    else if (kind === 'TYPE' && name !== undefined)
      families.set(name, { help: helps.get(name) ?? '', type: rest ?? '' })
    else {
      const sample = LINE.exec(line)
      if (sample === null) throw new Error(`Not a line of Prometheus: ${line}`)
      const [, sampleName = '', labels = '', value] = sample
      const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text] as const)
      samples.push({ name: sampleName, labels: Object.fromEntries(pairs), value: Number(value) })
    }
  }
  for (const { name } of samples) {
    const family = name.replace(/_(bucket|sum|count)$/, '')
    if (!families.has(name) && !families.has(family)) throw new Error(`${name} has no type`)
  }
  return { families, samples }
}
