import type { LineReport, LineResult } from '@parley/client/voice'
import { expect, it } from 'vitest'
import { lineVerdict } from './line-verdict.ts'

const line = (result: LineResult['result']): LineResult => ({ result, ms: null, detail: null })
const report = (socket: LineResult['result'], udp: LineResult['result'], turn: LineResult['result']): LineReport => ({
  socket: line(socket),
  udp: line(udp),
  turnUdp: line('fails'),
  turnTcp: line(turn),
})

it.each([
  ['works', 'works', 'fails', 'good'],
  ['works', 'fails', 'works', 'relay'],
  ['works', 'fails', 'fails', 'bad'],
  ['fails', 'works', 'works', 'bad'],
  ['works', 'absent', 'absent', 'bad'],
] as const)('socket %s, direct %s, relay %s: %s', (socket, udp, turn, verdict) => {
  expect(lineVerdict(report(socket, udp, turn))).toBe(verdict)
})

it('nothing to test with is no bad line', () => {
  const absent = line('absent')
  expect(lineVerdict({ socket: line('works'), udp: absent, turnUdp: absent, turnTcp: absent })).toBe('untested')
})
