import { networkInterfaces } from 'node:os'
import { findJanus, findMediaAddress } from './janus/janus-files.ts'
import type { Machine } from './media-plan.ts'
import { findCoturn } from './turn/coturn-files.ts'

/** What of this machine media could stand on. */
export function lookAround(): Machine {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return {
    hasJanus: findJanus() !== null,
    hasCoturn: findCoturn() !== null,
    address: findMediaAddress(),
    hasAddress: (wanted) => own.some(({ address, internal }) => address === wanted && !internal),
  }
}
