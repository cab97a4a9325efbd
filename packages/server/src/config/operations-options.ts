import { option } from './option.ts'
import { anyText, type OptionType, oneOf, wholeNumber, yesOrNo } from './option-types.ts'

/** What those who run it see, and where it is written. */
export const OPERATIONS_OPTIONS = {
  adminToken: option<string | null>({
    env: ['ADMIN_TOKEN'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'operations',
    doc: 'Whoever has it sees at /admin who is here and how the server does, and may close rooms, remove people and stop nodes. Unset, there is no such page and no such call. At least 32 random characters in production.',
    secret: true,
  }),
  logLevel: option({
    env: ['LOG_LEVEL'],
    type: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    group: 'operations',
    doc: 'The least important lines that are written. SIGUSR2 switches to debug and back while the server runs.',
  }),
  logDir: option<string | null>({
    env: ['LOG_DIR'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'operations',
    doc: 'A folder for combined.log, error.log and security.log, beside the lines on standard output.',
  }),
  logMaxMegabytes: option({
    env: ['LOG_MAX_SIZE'],
    type: wholeNumber(0, 1_000_000),
    default: 50,
    group: 'operations',
    doc: 'A file in LOG_DIR is put aside, as combined.log.1 and so on, when it has so many megabytes. 0: whatever its size, for those who move it away themselves.',
  }),
  logDaily: option({
    env: ['LOG_DAILY'],
    type: yesOrNo,
    default: false,
    group: 'operations',
    doc: 'Put files in LOG_DIR aside when a day (UTC) is over, too.',
  }),
  logFilesKept: option({
    env: ['LOG_FILES'],
    type: wholeNumber(0, 1000),
    default: 10,
    group: 'operations',
    doc: 'How many files of each kind that were put aside are kept; older ones are deleted.',
  }),
  metricsEnabled: option({
    env: ['METRICS_ENABLED'],
    type: yesOrNo,
    default: true,
    group: 'operations',
    doc: 'Serve /metrics for Prometheus: to this machine alone unless one of the next two is set.',
  }),
  metricsPort: option<number | null>({
    env: ['METRICS_PORT'],
    type: wholeNumber(0, 65_535) as OptionType<number | null>,
    default: null,
    group: 'operations',
    doc: 'A port of their own for /metrics, on HOST, for whoever reaches it; the main port then does not serve them. 0 takes a free one.',
  }),
  metricsToken: option<string | null>({
    env: ['METRICS_TOKEN'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'operations',
    doc: 'Whoever asks for /metrics must send it as Authorization: Bearer. At least 20 characters in production.',
    secret: true,
  }),
}
