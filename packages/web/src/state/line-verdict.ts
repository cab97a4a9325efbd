import type { LineReport } from '@parley/client/voice'

/** `untested`: the messages pass, and of the ways for sound nothing could be tried. */
export type LineVerdict = 'good' | 'relay' | 'untested' | 'bad'

/** What the single ways mean together: whether one can talk. */
export function lineVerdict({ socket, udp, turnUdp, turnTcp }: LineReport): LineVerdict {
  if (socket.result === 'fails') return 'bad'
  if (udp.result === 'works') return 'good'
  if (turnUdp.result === 'works' || turnTcp.result === 'works') return 'relay'
  return [udp, turnUdp, turnTcp].every(({ result }) => result === 'absent') ? 'untested' : 'bad'
}
