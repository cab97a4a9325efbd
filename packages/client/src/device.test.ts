import { afterEach, expect, test, vi } from 'vitest'
import { createDevice, type DeviceSignal } from './device.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('outside a page nobody is there and nothing is told', () => {
  const device = createDevice()
  expect(device).toMatchObject({ hasPerson: false })
  expect(device.isOnline()).toBe(true)
  expect(device.isHidden()).toBe(false)
  expect(device.listen(() => undefined)()).toBeUndefined()
})

test('a page tells of its network, of coming to the front, and of its person', () => {
  const page = new EventTarget()
  const document = Object.assign(new EventTarget(), { hidden: true })
  vi.stubGlobal('window', page)
  vi.stubGlobal('document', document)
  vi.stubGlobal('navigator', { onLine: false })
  const device = createDevice()
  expect(device.hasPerson).toBe(true)
  expect(device.isOnline()).toBe(false)
  expect(device.isHidden()).toBe(true)
  const told: DeviceSignal[] = []
  const stop = device.listen((signal) => told.push(signal))
  for (const type of ['offline', 'online', 'focus', 'pageshow', 'keydown', 'pointerdown', 'scroll']) {
    page.dispatchEvent(new Event(type))
  }
  document.dispatchEvent(new Event('visibilitychange'))
  document.hidden = false
  document.dispatchEvent(new Event('visibilitychange'))
  expect(told).toEqual(['offline', 'online', 'wake', 'wake', 'activity', 'activity', 'wake'])
  stop()
  page.dispatchEvent(new Event('online'))
  expect(told).toHaveLength(7)
})
