import { openApp } from './app.ts'
import { ConfigError, helpText, loadConfig } from './config/index.ts'
import { StartError } from './http/listen.ts'
import { logStrayErrors, waitForSignal } from './ops/wait-for-signal.ts'

async function run(): Promise<void> {
  const { config, warnings } = loadConfig()
  // From the beginning: whoever starts it may change their mind before it is ready.
  const signalled = waitForSignal()
  await using app = await openApp(config)
  const { logger } = app
  logStrayErrors(logger)
  for (const warning of warnings) logger.warn(warning)
  logger.info(`Parley is ready at ${app.urls.join(' and ')}`)
  logger.info(app.runsOn)
  logger.info(`${await signalled}: closing`)
}

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  process.stdout.write(helpText())
} else {
  try {
    await run()
    process.exit(0)
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StartError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
