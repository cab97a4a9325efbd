#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence and not a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Node ${process.version} is too old for parley-bot. Run it with npx inside of Parley's folder.\n`,
  )
  process.exit(1)
}
const { runCommandLine } = await import('../src/cli/run-command-line.ts')
await runCommandLine()
