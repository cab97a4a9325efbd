import { openBot } from '@parley/bot'
import { ParleyClient } from '@parley/client'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../../packages/bot/src/testing/fixture.ts'
import { createRoom as createRoomAt, runBot as run, startBot as start } from './parley-bot.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const createRoom = (change?: Parameters<typeof createRoomAt>[1]) => createRoomAt(server.url, change)

describe('a bot in the chat', () => {
  it('comes by the link, hears what is written, writes, and leaves', async () => {
    const { link } = await createRoom()
    await using ann = await openBot({ link, name: 'Ann' })
    const heard: string[] = []
    const came: string[] = []
    ann.on('message', ({ text, from }) => heard.push(`${from.name}: ${text}`))
    ann.on('joined', ({ name }) => came.push(`${name} came`))
    ann.on('left', ({ name }) => came.push(`${name} left`))
    {
      await using ben = await openBot({ link, name: 'Ben' })
      expect(ben.roomName).toBe('Stand-up')
      expect(ben.people.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ann', 'Ben']))
      await ben.say('Good morning')
    }
    await expect.poll(() => came).toEqual(['Ben came', 'Ben left'])
    expect(heard).toEqual(['Ben: Good morning'])
  })

  it('says why a message is refused', async () => {
    const { link } = await createRoom()
    await using bot = await openBot({ link })
    await expect(bot.say('x'.repeat(70_000))).rejects.toMatchObject({ name: 'BotError', reason: 'failed' })
  })

  it('is told when the host removes it', async () => {
    const { roomId, token, link } = await createRoom()
    await using bot = await openBot({ link })
    const ends: string[] = []
    bot.on('ended', ({ reason }) => ends.push(reason))
    const host = new ParleyClient({ url: server.url, getToken: () => token })
    const chat = host.openChat(roomId)
    await chat.kick(bot.selfId, false)
    host.close()
    await expect.poll(() => ends).toEqual(['kicked'])
  })
})

describe('parley-bot', () => {
  it('says and listens, and Ctrl+C is a good end', async () => {
    const { link } = await createRoom()
    const listener = start(link, 'listen', '--name', 'Ear')
    const lines = start(link, 'listen', '--json', '--name', 'Pipe')
    await using ann = await openBot({ link, name: 'Ann' })
    await expect.poll(() => ann.people.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ear', 'Pipe']))
    const said = await run(link, 'say', 'Good\nmorning \u001b[2J', '--name', 'Mouth')
    expect(said).toEqual({ code: 0, out: '', error: '' })
    await expect.poll(listener.out).toBe('Mouth: Good\n  morning [2J\n')
    await expect.poll(() => lines.out().split('\n').length).toBe(2)
    expect(JSON.parse(lines.out())).toMatchObject({ type: 'message', from: { name: 'Mouth' } })
    expect(await listener.interrupt()).toBe(0)
    expect(await lines.interrupt()).toBe(0)
    // They said good-bye.
    await expect.poll(() => ann.people.map(({ name }) => name)).not.toContain('Ear')
  })

  it.each([
    ['a wrong command line', ['dance'], 2, 'Give the link'],
    ['no link to a room', ['https://talk.example.org/', 'listen'], 3, 'is no link to a room'],
    ['a server that is not there', ['http://127.0.0.1:9/r/k7fp-2m9x-qd4w', 'listen'], 4, 'does not answer'],
    ['a file that is not there', ['http://127.0.0.1:9/r/k7fp', 'play', 'no-such.ogg'], 6, "can't be read"],
  ])('ends with a sentence and a code of its own for %s', async (_, args, code, words) => {
    expect(await run(...args)).toEqual({ code, out: '', error: expect.stringContaining(words) })
  })

  it('says what it needs of a room with a password, and that a room is not there', async () => {
    const { link } = await createRoom({ password: 'sesame' })
    expect(await run(link, 'say', 'x')).toMatchObject({ code: 3, error: expect.stringContaining('--password') })
    const wrong = await run(link, 'say', 'x', '--password', 'open')
    expect(wrong).toMatchObject({ code: 3, error: 'The password is wrong.\n' })
    expect(await run(link, 'say', 'x', '--password', 'sesame')).toMatchObject({ code: 0 })
    const nowhere = await run(`${server.url}/r/0000-0000-0000`, 'say', 'x')
    expect(nowhere).toMatchObject({ code: 3, error: expect.stringContaining('There is no such room') })
  })

  it('waits in the lobby, and gives up at Ctrl+C', async () => {
    const { link } = await createRoom({ lobby: true })
    const bot = start(link, 'listen')
    await expect.poll(bot.error).toContain('In the lobby')
    expect(await bot.interrupt()).toBe(0)
  })

  it('writes nothing in plain words into an encrypted room', async () => {
    const { link } = await createRoom({ encrypted: true })
    for (const args of [['say', 'x'], ['listen'], ['record', 'nowhere'], ['play', fixture('tone-440.ogg')]]) {
      expect(await run(link, ...args)).toMatchObject({ code: 5, error: expect.stringContaining('is encrypted') })
    }
    await using bot = await openBot({ link })
    await expect(bot.say('x')).rejects.toMatchObject({ reason: 'encrypted' })
  })

  it('helps', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('Usage: parley-bot <link>')
    expect(await run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
