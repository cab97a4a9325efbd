import { about, type Finding } from './finding.ts'

/** Another clock's time, and when it was asked. */
export interface OtherClock {
  readonly name: string
  /** How far it is ahead of this machine's, in ms; half the way to it and back taken off. */
  readonly aheadMs: number
  /** How exact that is. */
  readonly withinMs: number
}

/** Tokens are taken of a clock that is so far ahead. */
const TOLERATED_MS = 30_000
const WORTH_KNOWING_MS = 2000

/** Compares the time now with one that somebody else says. */
export function compareClock(
  name: string,
  theirMs: number,
  askedAtMs: number,
  answeredAtMs: number,
  stepMs = 1,
): OtherClock {
  const ownMs = (askedAtMs + answeredAtMs) / 2
  return { name, aheadMs: theirMs + stepMs / 2 - ownMs, withinMs: (answeredAtMs - askedAtMs + stepMs) / 2 }
}

export function checkClock(others: readonly OtherClock[]): Finding {
  const { well, note, wrong } = about('clock', 'Clock')
  if (others.length === 0)
    return note('Nobody else was there to compare it with.', '--url https://… compares it with a proxy.')
  const furthest = others.reduce((one, other) => (differenceOf(one) >= differenceOf(other) ? one : other))
  const difference = differenceOf(furthest)
  const words = `${(difference / 1000).toFixed(1)} s ${furthest.aheadMs > 0 ? 'behind' : 'ahead of'} ${furthest.name}`
  const advice = 'Let both follow a time server: apt-get install systemd-timesyncd'
  if (difference >= TOLERATED_MS) return wrong(`This machine is ${words}: tokens are refused or live too long.`, advice)
  if (difference >= WORTH_KNOWING_MS) return note(`This machine is ${words}.`, advice)
  return well(`In step with ${others.map(({ name }) => name).join(' and ')}.`)
}

/** What is certain of it. */
const differenceOf = ({ aheadMs, withinMs }: OtherClock): number => Math.max(0, Math.abs(aheadMs) - withinMs)
