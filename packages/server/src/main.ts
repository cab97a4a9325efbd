#!/usr/bin/env node
import { openApp } from './app.ts'
import { type CommandLine, ConfigError, helpText, loadConfig, readCommandLine } from './config/index.ts'
import { StartError } from './http/listen.ts'
import { type Controls, onControlSignals } from './ops/control-signals.ts'
import { logStrayErrors, waitForSignal } from './ops/wait-for-signal.ts'

async function run({ settings, installMedia }: CommandLine): Promise<void> {
  const { config, warnings } = loadConfig(settings)
  if (installMedia) await install()
  // From the beginning: whoever starts it may change their mind before it is ready.
  const signalled = waitForSignal()
  let controls: Controls = { reload: () => undefined, toggleDebug: () => undefined }
  onControlSignals({ reload: () => controls.reload(), toggleDebug: () => controls.toggleDebug() })
  await using app = await openApp(config)
  controls = app
  const { logger } = app
  logStrayErrors(logger)
  for (const warning of warnings) logger.warn(warning)
  logger.info(`Parley is ready at ${app.urls.join(' and ')}`)
  logger.info(app.runsOn)
  logger.info(`${await signalled}: closing`)
}

/** What can not be installed is no reason not to start: rooms then do without. */
async function install(): Promise<void> {
  const module = await import('./media/install-media.ts')
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const missing = module.installMedia(say)
  if (missing !== null) say(missing)
}

try {
  const commandLine = readCommandLine(process.argv.slice(2))
  if (commandLine.help) process.stdout.write(helpText())
  else if (commandLine.command === 'doctor') {
    const { doctor } = await import('./doctor/doctor.ts')
    process.exit(await doctor({ ...commandLine, isJson: commandLine.json }))
  } else {
    await run(commandLine)
    process.exit(0)
  }
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
