import { writeFile } from 'node:fs/promises'
import type { Bot } from '../bot.ts'
import { BotError } from '../bot-error.ts'
import { liveTable } from '../monitor/live-table.ts'
import { keepMonitorLog } from '../monitor/monitor-log.ts'
import { monitorReport } from '../monitor/report.ts'
import type { Command } from './command-line.ts'
import type { Terminal } from './terminal.ts'

/** Without anybody to look at it, a table now and then is enough. */
const QUIET_EVERY_S = 10

/** Shows how voice goes until `until` resolves, and reports at the end. */
export async function monitor(
  bot: Bot,
  { json, report }: Extract<Command, { name: 'monitor' }>,
  terminal: Terminal,
  until: Promise<unknown>,
): Promise<void> {
  const keeper = keepMonitorLog(bot)
  const print = (type: string, data: object): void => terminal.print(JSON.stringify({ type, ...data }))
  let seconds = 0
  if (json) {
    bot.on('measured', (measurement) => print('measured', measurement))
    bot.on('speaking', (speaking) => print('speaking', speaking))
    bot.on('voice-joined', ({ userId, name }) => print('voice-joined', { userId, name, at: Date.now() }))
    bot.on('voice-left', ({ userId, name }) => print('voice-left', { userId, name, at: Date.now() }))
  } else {
    bot.on('measured', (measurement) => {
      const lines = liveTable(bot.roomName, measurement)
      if (terminal.isLive) terminal.show(lines)
      else if (seconds % QUIET_EVERY_S === 0) for (const line of [...lines, '']) terminal.print(line)
      seconds += 1
    })
  }
  await until
  keeper.stop()
  if (report === null) return
  await writeFile(report, monitorReport(keeper.log())).catch((cause: unknown) => {
    throw new BotError('file', `The report can't be written to ${report}.`, { cause })
  })
  terminal.note(`The report is in ${report}.`)
}
