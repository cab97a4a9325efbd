#!/usr/bin/env node
import cluster from 'node:cluster'
import { isUnavailable } from '@parley/core'
import { type CommandLine, type Config, ConfigError, helpText, loadConfig, readCommandLine } from './config/index.ts'
import { StartError } from './http/listen.ts'
import { type Controls, onControlSignals } from './ops/control-signals.ts'
import { logStrayErrors, waitForSignal } from './ops/wait-for-signal.ts'
import type { WorkerLink } from './workers/worker-link.ts'

async function run({ settings, installMedia }: CommandLine): Promise<void> {
  const { config, warnings } = loadConfig(settings)
  if (installMedia && cluster.isPrimary) await install()
  // From the beginning: whoever starts it may change their mind before it is ready.
  const signalled = waitForSignal()
  if (cluster.isWorker) {
    const { joinPrimary } = await import('./workers/worker-link.ts')
    await serve(config, signalled, { worker: await joinPrimary(), warnings: [] })
  } else if (config.workers > 1) {
    const { runWorkers } = await import('./workers/run-workers.ts')
    await runWorkers(config, warnings, signalled)
  } else {
    await serve(config, signalled, { worker: null, warnings })
  }
}

interface Start {
  readonly worker: WorkerLink | null
  readonly warnings: readonly string[]
}

/** Serves in this process until it is to end. */
async function serve(config: Config, signalled: Promise<NodeJS.Signals>, { worker, warnings }: Start): Promise<void> {
  let controls: Controls = { reload: () => undefined, toggleDebug: () => undefined }
  onControlSignals({ reload: () => controls.reload(), toggleDebug: () => controls.toggleDebug() })
  const { openApp } = await import('./app.ts')
  await using app = await openApp(config, worker === null ? {} : { worker })
  controls = app
  const { logger } = app
  logStrayErrors(logger)
  for (const warning of warnings) logger.warn(warning)
  if (worker === null) {
    logger.info(`Parley is ready at ${app.urls.join(' and ')}`)
    logger.info(app.runsOn)
  } else {
    worker.ready(app)
    logger.info('serves')
  }
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
  const reason = reasonOf(error)
  if (reason === null) throw error
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

/** For whoever starts it and can put it right; `null` for what only a developer can. */
function reasonOf(error: unknown): string | null {
  if (error instanceof ConfigError || error instanceof StartError) return error.message
  if (!isUnavailable(error)) return null
  return `What Parley stands on went away while it started: ${error.message} Start it when Redis and the database are there.`
}
