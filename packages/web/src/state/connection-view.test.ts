import type { ConnectionReason } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { connectionView } from './connection-view.ts'

const waiting = (reason: ConnectionReason) => ({ status: 'waiting', reason, retryAt: 5, attempt: 1 }) as const

describe('connectionView', () => {
  it('tells a first connection from a return', () => {
    expect(connectionView({ status: 'connecting', attempt: 1 }, false).kind).toBe('connecting')
    expect(connectionView({ status: 'connecting', attempt: 1 }, true).kind).toBe('reconnecting')
    expect(connectionView({ status: 'online', since: 0, transport: 'polling' }, true).kind).toBe('online')
  })

  it.each([
    ['device-offline', { kind: 'offline' }],
    ['idle', { kind: 'idle' }],
    ['draining', { kind: 'restarting', retryAt: 5 }],
    ['unreachable', { kind: 'unreachable', retryAt: 5 }],
    ['lost', { kind: 'waiting', retryAt: 5 }],
  ] as const)('says why it waits: %s', (reason, view) => {
    expect(connectionView(waiting(reason), true)).toEqual(view)
  })

  it('ends when the token is refused', () => {
    expect(connectionView({ status: 'ended', reason: 'unauthorized' }, true).kind).toBe('ended')
  })
})
