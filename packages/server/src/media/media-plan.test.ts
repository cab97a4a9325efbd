import { parseConfig } from '@parley/server/config'
import { describe, expect, test } from 'vitest'
import { addressOutside, type Machine, ownAddress, planMedia, planTurn } from './media-plan.ts'

const config = (env: Record<string, string> = {}) => parseConfig({ NODE_ENV: 'test', ...env }).config
const machine = (rest: Partial<Machine> = {}): Machine => ({
  hasJanus: true,
  hasCoturn: true,
  address: '10.0.0.7',
  hasAddress: (address) => address === '10.0.0.7' || address === '10.0.0.8',
  ...rest,
})
const BARE = machine({ hasJanus: false, hasCoturn: false })
const LONELY = machine({ address: null, hasAddress: () => false })

describe('what carries media', () => {
  test('is the Janus that is named, before one that could be started', () => {
    expect(planMedia(config({ JANUS_URLS: 'ws://10.0.0.5:8188' }), machine())).toEqual({
      kind: 'janus',
      urls: ['ws://10.0.0.5:8188'],
    })
  })

  test('is a Janus of our own when it is installed', () => {
    expect(planMedia(config(), machine())).toEqual({ kind: 'own-janus', address: '10.0.0.7' })
  })

  test('is a mesh otherwise, and says why', () => {
    expect(planMedia(config(), BARE)).toEqual({
      kind: 'mesh',
      why: 'Janus is not installed; npm start -- --install-media installs it',
    })
    expect(planMedia(config(), LONELY)).toMatchObject({ kind: 'mesh', why: expect.stringContaining('needs a network') })
  })

  test('is a mesh where nodes share a Redis, unless one Janus is named or demanded', () => {
    for (const shared of [{ REDIS_URL: 'redis://10.0.0.2:6379' }, { REDIS_HOST: '10.0.0.2' }]) {
      expect(planMedia(config(shared), machine())).toMatchObject({
        kind: 'mesh',
        why: expect.stringContaining('JANUS_URLS'),
      })
      expect(planMedia(config({ ...shared, JANUS_URLS: 'ws://10.0.0.5:8188' }), machine()).kind).toBe('janus')
      expect(planMedia(config({ ...shared, MEDIA: 'janus' }), machine()).kind).toBe('own-janus')
    }
  })

  test('is what MEDIA says', () => {
    expect(planMedia(config({ MEDIA: 'mesh' }), machine()).kind).toBe('mesh')
    expect(planMedia(config({ MEDIA: 'off' }), machine()).kind).toBe('off')
    expect(planMedia(config({ MEDIA: 'janus' }), machine()).kind).toBe('own-janus')
    expect(planMedia(config({ MEDIA: 'janus' }), BARE).kind).toBe('impossible')
    expect(planMedia(config({ MEDIA: 'janus' }), LONELY).kind).toBe('impossible')
  })
})

describe('the TURN server', () => {
  test('is the one that is named with its secret', () => {
    const env = { TURN_SECRET: 'shared with coturn elsewhere', TURN_HOST: 'turn.example.org' }
    for (const where of [machine(), BARE, LONELY]) {
      expect(planTurn(config(env), where)).toEqual({ kind: 'elsewhere', host: env.TURN_HOST, secret: env.TURN_SECRET })
    }
    expect(planTurn(config({ ...env, TURN: 'off' }), machine()).kind).toBe('none')
    expect(planTurn(config({ ...env, MEDIA: 'off' }), machine()).kind).toBe('elsewhere')
  })

  test('is a coturn of our own when it is installed, under the name that it has', () => {
    const own = { kind: 'own-coturn', address: '10.0.0.7' }
    expect(planTurn(config(), machine())).toEqual(own)
    expect(planTurn(config({ TURN_HOST: 'turn.example.org' }), machine())).toEqual(own)
    expect(planTurn(config({ TURN_SECRET: 'shared' }), machine())).toEqual(own)
    expect(planTurn(config({ MEDIA: 'mesh' }), machine())).toEqual(own)
  })

  test('is none otherwise, and says why', () => {
    expect(planTurn(config(), BARE)).toMatchObject({ kind: 'none', why: expect.stringContaining('--install-media') })
    expect(planTurn(config(), LONELY)).toMatchObject({ kind: 'none', why: expect.stringContaining('needs a network') })
    expect(planTurn(config({ MEDIA: 'off' }), machine()).kind).toBe('none')
  })

  test('is looked for here when only its secret is known', () => {
    expect(planTurn(config({ TURN_SECRET: 'shared' }), BARE)).toEqual({
      kind: 'elsewhere',
      host: '10.0.0.7',
      secret: 'shared',
    })
  })
})

test('MEDIA_IP is an address of this machine, or what a router in front has', () => {
  expect([ownAddress(null, machine()), addressOutside(null, machine())]).toEqual(['10.0.0.7', null])
  expect([ownAddress('10.0.0.8', machine()), addressOutside('10.0.0.8', machine())]).toEqual(['10.0.0.8', null])
  expect([ownAddress('203.0.113.7', machine()), addressOutside('203.0.113.7', machine())]).toEqual([
    '10.0.0.7',
    '203.0.113.7',
  ])
})
