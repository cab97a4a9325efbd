import { once } from 'node:events'
import { type Bot, type BotOptions, openBot } from '../bot.ts'
import { BotError } from '../bot-error.ts'
import type { BotEvents, EndReason } from '../bot-events.ts'
import { clockOf } from '../monitor/live-table.ts'
import { openRecorder } from '../record/recorder.ts'
import { loadSpokenTrack, type SpokenTrack } from '../voice/spoken-track.ts'
import type { Wish } from './command-line.ts'
import { monitor } from './monitor-command.ts'
import type { Terminal } from './terminal.ts'

/** What each command needs of voice. */
const VOICE: Readonly<Record<Wish['command']['name'], NonNullable<BotOptions['voice']>>> = {
  monitor: 'measure',
  play: 'speak',
  record: 'listen',
  say: 'off',
  listen: 'off',
}

/** An end that is no failure has no words here. */
const BAD_ENDS: Partial<Record<EndReason | BotEvents['voice-ended']['reason'], BotError>> = {
  kicked: new BotError('refused', 'The bot was removed from the room.'),
  refused: new BotError('refused', 'The host did not let the bot in.'),
  unauthorized: new BotError('refused', 'The server took the bot’s token back.'),
  elsewhere: new BotError('refused', 'Another line of the same bot took its place in voice.'),
  unavailable: new BotError('no-voice', 'There is no voice on this server any more.'),
}

/** Does what was wished for, until it is done or `stop` is aborted. Rejects with `BotError`. */
export async function runCommand(wish: Wish, terminal: Terminal, stop: AbortSignal): Promise<void> {
  const { link, command, name, password, seconds } = wish
  // Before anybody sees the bot come.
  const track = command.name === 'play' ? await loadSpokenTrack(command.file) : null
  const onLobby = (): void => terminal.note('In the lobby. The host has to let the bot in.')
  const voice = VOICE[command.name]
  await using bot = await openBot({ link, name, voice, signal: stop, onLobby, ...(password !== null && { password }) })
  if (bot.isEncrypted && command.name !== 'monitor') {
    throw new BotError('encrypted', 'The room is encrypted. A bot can only monitor it: it has no part in what is said.')
  }
  const over = new AbortController()
  let failure: BotError | undefined
  const end = ({ reason }: { readonly reason: EndReason | BotEvents['voice-ended']['reason'] }): void => {
    if (!over.signal.aborted) failure = BAD_ENDS[reason]
    if (reason === 'expired') terminal.note('The room is over.')
    over.abort()
  }
  bot.on('ended', end)
  bot.on('voice-ended', end)
  const limit = seconds === null ? [] : [AbortSignal.timeout(seconds * 1000)]
  await perform(bot, wish, { track, terminal, until: AbortSignal.any([stop, over.signal, ...limit]) })
  if (failure !== undefined) throw failure
}

interface Performance {
  readonly track: SpokenTrack | null
  readonly terminal: Terminal
  readonly until: AbortSignal
}

async function perform(bot: Bot, { command }: Wish, { track, terminal, until }: Performance): Promise<void> {
  switch (command.name) {
    case 'monitor':
      await monitor(bot, command, terminal, untilAborted(until))
      break
    case 'play':
      if (track === null) break
      terminal.note(`Playing ${clockOf(track.durationMs)} in ${bot.roomName}.`)
      await bot.play(track, { loop: command.loop, signal: until })
      break
    case 'record':
      await record(bot, command.folder, terminal, until)
      break
    case 'say':
      await bot.say(command.text)
      break
    case 'listen':
      bot.on('message', ({ id, text, from, at }) => {
        terminal.print(
          command.json ? JSON.stringify({ type: 'message', id, text, from, at }) : `${from.name}: ${plain(text)}`,
        )
      })
      await untilAborted(until)
      break
  }
}

async function record(bot: Bot, folder: string, terminal: Terminal, until: AbortSignal): Promise<void> {
  const recorder = await openRecorder(bot, folder)
  // Nobody is recorded without being told.
  await bot.say('I am recording what is said here, each voice into a file.')
  terminal.note(`Recording ${bot.roomName} into ${folder}. Ctrl+C ends it.`)
  await untilAborted(until)
  await recorder.close()
  await bot.say('The recording has ended.').catch(() => undefined)
  for (const { path, durationMs } of recorder.files) terminal.print(`${path} ${clockOf(durationMs)}`)
  if (recorder.files.length === 0) terminal.note('Nobody was heard, so there is no file.')
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** What somebody wrote does not steer the terminal of who reads it. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, (character) => (character === '\n' ? '\n  ' : ''))
