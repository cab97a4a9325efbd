import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

type Labels<Name extends string> = Readonly<Record<Name, string>>
/** What a metric with labels stands at, for each value of them that there is. */
type Readings<Name extends string> = Iterable<readonly [labels: Labels<Name>, value: number]>

/**
 * Makes metrics, each with the sentence that explains it. What is counted elsewhere is read when somebody asks:
 * `read` gives nothing for what can't be told now, and then there is no sample.
 */
export interface Meter {
  /** What goes up and down. */
  level(name: string, help: string, read: () => number | null): void
  levels<Name extends string>(name: string, help: string, labels: readonly Name[], read: () => Readings<Name>): void
  /** What only grows while the process lives. */
  total(name: string, help: string, read: () => number): void
  totals<Name extends string>(name: string, help: string, labels: readonly Name[], read: () => Readings<Name>): void
  counter<Name extends string>(name: string, help: string, labels: readonly Name[]): Counter<Name>
  /** `buckets` are upper bounds, ascending. */
  histogram<Name extends string>(
    name: string,
    help: string,
    labels: readonly Name[],
    buckets: readonly number[],
  ): Histogram<Name>
}

export function createMeter(registry: Registry): Meter {
  const registers = [registry]

  function levels<Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    read: () => Readings<Name>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const [labels, value] of read()) this.set(labels, value)
      },
    })
  }

  function totals<Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    read: () => Readings<Name>,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const [labels, value] of read()) this.inc(labels, value)
      },
    })
  }

  return {
    level(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const value = read()
          if (value === null) this.remove()
          else this.set(value)
        },
      })
    },
    levels,
    total: (name, help, read) => totals(name, help, [], () => [[{}, read()]]),
    totals,
    counter: (name, help, labelNames) => new Counter({ name, help, labelNames, registers }),
    histogram: (name, help, labelNames, buckets) =>
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers }),
  }
}
