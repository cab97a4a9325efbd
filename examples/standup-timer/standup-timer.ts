/** A bot that leads a stand-up: `node standup-timer.ts <link> [seconds for each]`. Begins when somebody writes “!start”. */
import { setTimeout as delay } from 'node:timers/promises'
import { openBot } from '@parley/bot'

const [link = '', seconds = '120'] = process.argv.slice(2)
const turnMs = Number(seconds) * 1000
const WARN_MS = Math.min(30_000, turnMs / 4)
/** Agreeing with a word is not talking over. */
const INTERRUPTION_MS = 1500

await using bot = await openBot({ link, name: 'Stand-up', voice: 'listen' })
let turn = new AbortController()
let isRunning = false
let current: string | null = null
const speaking = new Set<string>()

bot.on('message', ({ text }) => {
  if (text === '!next') turn.abort()
  if (text === '!start' && !isRunning) void lead()
})

bot.on('speaking', async ({ userId, name, isSpeaking }) => {
  if (!isSpeaking) speaking.delete(userId)
  else speaking.add(userId)
  if (!isSpeaking || current === null || userId === current) return
  const mine = turn
  await delay(INTERRUPTION_MS, undefined, { signal: mine.signal }).catch(() => undefined)
  const isBoth = speaking.has(userId) && speaking.has(current ?? '')
  if (isBoth && turn === mine && !mine.signal.aborted) await bot.say(`${name}, please let ${nameOf(current)} finish.`)
})

async function lead(): Promise<void> {
  isRunning = true
  for (const { userId, name } of bot.inVoice.filter((person) => person.userId !== bot.selfId)) {
    turn = new AbortController()
    current = userId
    await bot.say(`${name}, your ${seconds} seconds begin.`)
    await wait(turnMs - WARN_MS)
    if (!turn.signal.aborted) await bot.say(`${name}, ${WARN_MS / 1000} seconds left.`)
    await wait(WARN_MS)
  }
  current = null
  turn.abort()
  isRunning = false
  await bot.say('That was everybody. Thank you.')
}

const nameOf = (userId: string | null): string => bot.people.find((person) => person.userId === userId)?.name ?? ''
const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal: turn.signal }).catch(() => undefined)

process.on('SIGINT', () => turn.abort())
await Promise.race([
  new Promise((resolve) => bot.on('ended', resolve)),
  new Promise((resolve) => process.on('SIGINT', resolve)),
])
