import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startJanus } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { findMediaAddress, writeJanusFiles } from './janus-files.ts'
import { askJanusInfo, openJanusSession } from './janus-session.ts'

const clock = createSystemClock()
const options = { clock, onLost: () => undefined }

/** The one whose configuration is in the folder of this socket. */
function janusProcess(url: string): string {
  const folder = url.slice('ws+unix:'.length).split('/sock/')[0] as string
  const isIt = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`-F\0${folder}/`)
  return readdirSync('/proc').find((name) => /^\d+$/.test(name) && isRunning(name) && isIt(name)) ?? 'none'
}

function isRunning(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

const socketsOf = (pid: string): ReadonlySet<string> =>
  new Set(
    readdirSync(`/proc/${pid}/fd`)
      .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      .flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? []),
  )

test('a Janus of our own has rooms and nothing else, and listens to nobody outside of its folder', async () => {
  await using janus = await startJanus()
  expect(await askJanusInfo(janus.server, clock)).toMatchObject({ hasRooms: true })

  const inodes = socketsOf(janusProcess(janus.server.url))
  const listening = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => inodes.has(fields[9] ?? '')),
  )
  expect(inodes.size).toBeGreaterThan(0)
  expect(listening).toEqual([])
})

test('it takes nobody without its secret', async () => {
  await using janus = await startJanus()
  await using session = await openJanusSession(janus.server, options)
  expect(session).toBeDefined()
  await expect(openJanusSession({ ...janus.server, apiSecret: 'guessed' }, options)).rejects.toMatchObject({
    code: 403,
  })
})

test('it can be killed and started again at the same address, and frozen', async () => {
  await using janus = await startJanus()
  await janus.kill()
  await expect(askJanusInfo(janus.server, clock)).rejects.toThrow(/is lost/)
  await janus.start()
  expect(await askJanusInfo(janus.server, clock)).toMatchObject({ hasRooms: true })
  await janus.pause()
  await expect(askJanusInfo(janus.server, clock)).rejects.toThrow(/is lost/)
  janus.resume()
  expect(await askJanusInfo(janus.server, clock)).toMatchObject({ hasRooms: true })
})

test('the folder is readable for its owner alone, and a path that no socket can have is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-files-'))
  try {
    const files = await writeJanusFiles({ folder: join(folder, 'janus'), address: findMediaAddress() ?? '192.0.2.1' })
    const conf = files.args[1] as string
    const names = await readdir(conf)
    expect(names).toHaveLength(3)
    for (const path of [join(folder, 'janus'), conf]) expect((await stat(path)).mode & 0o777).toBe(0o700)
    for (const name of names) expect((await stat(join(conf, name))).mode & 0o777).toBe(0o600)
    await expect(writeJanusFiles({ folder: join(folder, 'x'.repeat(100)) })).rejects.toThrow(/too long/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
