import type { ConnectionState } from '@parley/client'

/** The connection as a person sees it. Times in Unix ms of the device's clock. */
export type ConnectionView =
  | { readonly kind: 'online' }
  | { readonly kind: 'connecting' | 'reconnecting' }
  | { readonly kind: 'offline' | 'idle' }
  | { readonly kind: 'waiting' | 'restarting' | 'unreachable'; readonly retryAt: number }
  | { readonly kind: 'ended' }

/** `hasBeenOnline`: whether this page was connected before, so that it is a return. */
export function connectionView(state: ConnectionState, hasBeenOnline: boolean): ConnectionView {
  switch (state.status) {
    case 'online':
      return { kind: 'online' }
    case 'ended':
      return { kind: 'ended' }
    case 'idle':
    case 'connecting':
      return { kind: hasBeenOnline ? 'reconnecting' : 'connecting' }
    case 'waiting':
      switch (state.reason) {
        case 'device-offline':
          return { kind: 'offline' }
        case 'idle':
          return { kind: 'idle' }
        case 'draining':
          return { kind: 'restarting', retryAt: state.retryAt }
        case 'unreachable':
          return { kind: 'unreachable', retryAt: state.retryAt }
        default:
          return { kind: 'waiting', retryAt: state.retryAt }
      }
  }
}
