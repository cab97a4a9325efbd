import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bot, openBot } from '@parley/bot'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { childRunning } from '../../bench/src/peers/process-figures.ts'
import { decodeOpus } from '../../packages/bot/src/ogg/decode-opus.ts'
import { readOggOpus } from '../../packages/bot/src/ogg/read-ogg-opus.ts'
import { openEar } from '../../packages/bot/src/testing/ear.ts'
import { fixture } from '../../packages/bot/src/testing/fixture.ts'
import { frequencyOf } from '../../packages/bot/src/testing/frequency.ts'
import { createRoom, runBot, startBot, startScript } from './parley-bot.ts'

const STANDUP = join(import.meta.dirname, '../../examples/standup-timer/standup-timer.ts')

/** Plays a tone until it is disposed of. */
function play(bot: Bot, hertz: number): AsyncDisposable {
  const silence = new AbortController()
  const playing = bot.play(fixture(`tone-${hertz}.ogg`), { loop: true, signal: silence.signal })
  return {
    async [Symbol.asyncDispose]() {
      silence.abort()
      await playing
    },
  }
}

describe.each([
  ['mesh', 'mesh'],
  ['sfu', 'janus'],
] as const)('bots in voice over %s', (topology, media) => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    server = await startServer({ media, turn: 'off' })
    folder = await mkdtemp(join(tmpdir(), 'parley-bot-'))
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('hear each other, and know how well', async () => {
    const { link } = await createRoom(server.url)
    using annsEar = await openEar()
    using bensEar = await openEar()
    await using ann = await openBot({ link, name: 'Ann', voice: 'speak' })
    ann.on('packet', annsEar.hear)
    await using annsTone = play(ann, 440)
    await using ben = await openBot({ link, name: 'Ben', voice: 'speak' })
    ben.on('packet', bensEar.hear)
    await using bensTone = play(ben, 880)
    expect([annsTone, bensTone]).toHaveLength(2)
    const spoke: string[] = []
    ann.on('speaking', ({ name, isSpeaking }) => spoke.push(`${name} ${isSpeaking}`))
    await expect.poll(() => annsEar.amplitude(ben.selfId, 880)).toBeGreaterThan(0.15)
    await expect.poll(() => bensEar.amplitude(ann.selfId, 440)).toBeGreaterThan(0.15)
    expect(annsEar.amplitude(ben.selfId, 440)).toBeLessThan(0.01)
    await expect.poll(() => spoke).toContain('Ben true')
    expect(spoke.join()).not.toContain('Ann')

    const measured: unknown[] = []
    ben.on('measured', (measurement) => {
      if (measurement.roundTripMs !== null) measured.push(measurement)
    })
    // On a busy machine there may be a gap in what Ann says.
    await expect
      .poll(() => measured.at(-1))
      .toMatchObject({
        topology,
        isConnected: true,
        uplinkLoss: 0,
        people: [{ name: 'Ann', isMuted: false, isSpeaking: true, loss: 0, lost: 0, jitterMs: expect.any(Number) }],
      })
    expect(ann.rejoins + ben.rejoins).toBe(0)
  })

  it('are muted when they have nothing to say, and leave with a word', async () => {
    const { link } = await createRoom(server.url)
    await using ann = await openBot({ link, name: 'Ann', voice: 'listen' })
    const events: string[] = []
    ann.on('voice-joined', ({ name }) => events.push(`${name} came`))
    ann.on('voice-left', ({ name }) => events.push(`${name} left`))
    ann.on('speaking', ({ name, isSpeaking }) => events.push(`${name} ${isSpeaking ? 'speaks' : 'ends'}`))
    const isMuted = () => ann.inVoice.find(({ name }) => name === 'Ben')?.muted
    {
      await using ben = await openBot({ link, name: 'Ben', voice: 'speak' })
      await expect.poll(isMuted).toBe(true)
      {
        await using tone = play(ben, 440)
        expect(tone).toBeDefined()
        await expect.poll(isMuted).toBe(false)
        await expect.poll(() => events).toContain('Ben speaks')
      }
      await expect.poll(isMuted).toBe(true)
      await expect.poll(() => events.at(-1)).toBe('Ben ends')
    }
    await expect.poll(() => events.at(-1)).toBe('Ben left')
    // On a busy machine there may be a gap in what Ben says: then he speaks twice.
    expect([...new Set(events)]).toEqual(['Ben came', 'Ben speaks', 'Ben ends', 'Ben left'])
  })

  it('monitor tells who spoke, line by line and in a report at the end', async () => {
    const { link } = await createRoom(server.url)
    const report = join(folder, 'report.html')
    await using ann = await openBot({ link, name: 'Ann', voice: 'speak' })
    const monitor = startBot(link, '--json', '--report', report, '--name', 'Watch')
    await expect.poll(() => ann.inVoice.map(({ name }) => name)).toContain('Watch')
    await ann.play(fixture('tone-440.ogg'))
    const lines = () =>
      monitor
        .out()
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    await expect.poll(() => lines().some(({ roundTripMs }) => roundTripMs > 0)).toBe(true)
    const speaking = () =>
      lines().flatMap(({ type, name, isSpeaking }) => (type === 'speaking' ? [`${name} ${isSpeaking}`] : []))
    await expect.poll(() => speaking().at(-1)).toBe('Ann false')
    expect(await monitor.interrupt()).toBe(0)
    // Once, or on a busy machine with gaps.
    expect(speaking().join()).toMatch(/^Ann true,Ann false(,Ann true,Ann false)*$/)
    const page = await readFile(report, 'utf8')
    expect(page).toContain('Voice in Stand-up')
    expect(page).toMatch(/Ann<\/td><td>0:0[1-3]<\/td><td>[1-9]<\/td><td>0\.0 %<\/td>/)
  })

  it('record what the command plays: the same tone, at its time, and everybody is told', async () => {
    const { link } = await createRoom(server.url)
    const into = join(folder, 'takes')
    await using ann = await openBot({ link, name: 'Ann' })
    const said: string[] = []
    ann.on('message', ({ text }) => said.push(text))
    const recorder = startBot(link, 'record', into, '--name', 'Tape')
    await expect.poll(recorder.error).toContain('Recording Stand-up')
    expect(await runBot(link, 'play', fixture('tone-880.ogg'), '--name', 'Ben')).toEqual({
      code: 0,
      out: '',
      error: 'Playing 0:01 in Stand-up.\n',
    })
    expect(await recorder.interrupt()).toBe(0)
    await expect
      .poll(() => said)
      .toEqual(['I am recording what is said here, each voice into a file.', 'The recording has ended.'])
    const files = await readdir(into)
    expect(files).toEqual([expect.stringMatching(/^Ben-.*\.ogg$/)])
    expect(recorder.out()).toContain(files[0])
    const samples = await decodeOpus(readOggOpus(await readFile(join(into, files[0] ?? ''))))
    const loud = [...samples.keys()].filter((index) => Math.abs(samples[index] ?? 0) > 0.1)
    const [from = 0, to = 0] = [loud[0], loud.at(-1)]
    expect((to - from) / 48_000).toBeCloseTo(1, 0)
    // Nothing is lost in the middle of it.
    expect(frequencyOf(samples.subarray(from + 9600, to - 9600))).toBe(880)
    expect(Math.min(...loudnessOf(samples.subarray(from + 4800, to - 4800)))).toBeGreaterThan(0.1)
  })
})

it('bots hear each other again by themselves when the media server is killed', async () => {
  await using server = await startServer({ media: 'janus' })
  const { link } = await createRoom(server.url)
  using ear = await openEar()
  await using ann = await openBot({ link, name: 'Ann', voice: 'speak' })
  await using tone = play(ann, 440)
  await using ben = await openBot({ link, name: 'Ben', voice: 'listen' })
  expect(tone).toBeDefined()
  let packets = 0
  ben.on('packet', (heard) => {
    packets += 1
    ear.hear(heard)
  })
  await expect.poll(() => ear.amplitude(ann.selfId, 440)).toBeGreaterThan(0.15)
  process.kill(await findJanusPid(), 'SIGKILL')
  await expect.poll(() => [ann.rejoins, ben.rejoins].every((times) => times > 0)).toBe(true)
  const before = packets
  await expect.poll(() => packets - before).toBeGreaterThan(50)
  await expect.poll(() => ear.amplitude(ann.selfId, 440)).toBeGreaterThan(0.15)
})

it('the example leads a stand-up, and asks who talks over somebody to wait', async () => {
  await using server = await startServer()
  const { link } = await createRoom(server.url)
  using bensEar = await openEar()
  await using ann = await openBot({ link, name: 'Ann', voice: 'speak' })
  await using ben = await openBot({ link, name: 'Ben', voice: 'speak' })
  const said: string[] = []
  ann.on('message', ({ text, from }) => from.name === 'Stand-up' && said.push(text))
  const standup = startScript(STANDUP, link, '8')
  await expect.poll(() => ann.inVoice.map(({ name }) => name)).toContain('Stand-up')
  {
    ben.on('packet', bensEar.hear)
    await using annsTone = play(ann, 440)
    // What it takes to connect is not of her eight seconds.
    await expect.poll(() => bensEar.amplitude(ann.selfId, 440)).toBeGreaterThan(0.15)
    await ben.say('!start')
    await expect.poll(() => said).toContain('Ann, your 8 seconds begin.')
    await using bensTone = play(ben, 880)
    expect([annsTone, bensTone]).toHaveLength(2)
    await expect.poll(() => said).toContain('Ben, please let Ann finish.')
  }
  await expect.poll(() => said).toContain('Ann, 2 seconds left.')
  await expect.poll(() => said).toContain('Ben, your 8 seconds begin.')
  await ann.say('!next')
  await expect.poll(() => said.at(-1)).toBe('That was everybody. Thank you.')
  expect(said[0]).toBe('Ann, your 8 seconds begin.')
  expect(await standup.interrupt()).toBe(0)
})

/** The greatest sample of each 20 ms. */
function loudnessOf(samples: Float32Array): number[] {
  return Array.from({ length: Math.floor(samples.length / 960) }, (_, index) =>
    Math.max(...samples.subarray(index * 960, (index + 1) * 960).map(Math.abs)),
  )
}

/** The Janus of the one server in this process. */
async function findJanusPid(): Promise<number> {
  const pid = await childRunning('janus', process.pid)
  if (pid === null) throw new Error('the server has no Janus')
  return pid
}
