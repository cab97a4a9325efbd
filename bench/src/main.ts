import { runBench } from './command-line.ts'

await runBench(process.argv.slice(2))
