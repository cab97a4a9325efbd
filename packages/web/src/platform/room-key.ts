import { canEncrypt, isRoomKey } from '@parley/client/e2ee'
import { useSyncExternalStore } from 'react'
import { roomKeyIn } from './room-code.ts'

/**
 * The key in this page's address. `unusable`: there is one, but it is not whole, or this page may not encrypt; such
 * a link opens no room, so that nobody writes in plain text what they believe to be encrypted.
 */
export type LinkKey =
  | { readonly status: 'none' | 'whole'; readonly key: string | null }
  | { readonly status: 'unusable'; readonly isInsecure: boolean }

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

/** Follows the address: somebody may open the whole link where the page stood without its key. */
export function useLinkKey(): LinkKey {
  const key = useSyncExternalStore(subscribe, () => roomKeyIn(location.hash))
  if (key === null) return { status: 'none', key }
  if (!canEncrypt()) return { status: 'unusable', isInsecure: true }
  return isRoomKey(key) ? { status: 'whole', key } : { status: 'unusable', isInsecure: false }
}
