import { OPTION_GROUPS, type Option } from './option.ts'
import { OPTIONS } from './options.ts'

const options: readonly Option<unknown>[] = Object.values(OPTIONS) as Option<unknown>[]
const groups = Object.entries(OPTION_GROUPS).map(([group, title]) => ({
  title,
  options: options.filter((option) => option.group === group),
}))

const defaultOf = (option: Option<unknown>): string => {
  if (option.defaultText !== undefined) return option.defaultText
  return option.default === null || typeof option.default === 'function' ? '–' : option.type.format(option.default)
}

/** The lines of `--help`. */
export function helpText(): string {
  const lines = groups.flatMap(({ title, options }) => [
    '',
    title,
    ...options.flatMap((option) => [
      `  ${option.env.join(', ')}`,
      ...wrap(option.doc, 74).map((line) => `      ${line}`),
      `      Default: ${defaultOf(option)}`,
    ]),
  ])
  return [
    'Parley: rooms, chat and calls on a server of your own.',
    '',
    'Usage: npm start [-- --role api] [-- --install-media] [-- --help]',
    '       npm start -- doctor [--url https://…] [--json]',
    '',
    '  doctor            look at everything that the server stands on, with the same settings; exit code 1 when',
    '                    something is wrong. --url: where people reach it; --json: for programs',
    '  --role api        serve REST and the poll of conversations alone, without sockets (see ROLE)',
    '  --install-media   install Janus and coturn first, where apt-get and root can',
    '',
    'Settings come from the environment, or from a file .env in the working directory.',
    ...lines,
    '',
  ].join('\n')
}

/** `.env.example`: every setting with its default, switched off. */
export function envExample(): string {
  const lines = groups.flatMap(({ title, options }) => [
    '',
    `## ${title}`,
    ...options.flatMap((option) => [
      '',
      ...wrap(option.doc, 100).map((line) => `# ${line}`),
      ...(option.defaultText === undefined ? [] : [`# Default: ${option.defaultText}`]),
      `#${option.env[0]}=${option.defaultText === undefined && option.default !== null ? defaultOf(option) : ''}`,
    ]),
  ])
  return [
    '# Generated from packages/server/src/config/options.ts. Copy this file to .env and uncomment what you change.',
    ...lines,
    '',
  ].join('\n')
}

/** `docs/reference/configuration.md`. */
export function configurationPage(): string {
  const tables = groups.flatMap(({ title, options }) => [
    '',
    `## ${title}`,
    '',
    '| Name | Value | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...options.map((option) => {
      const names = option.env.map((name, at) => (at === 0 ? `\`${name}\`` : `(alias \`${name}\`)`)).join(' ')
      const shown = option.defaultText ?? (option.default === null ? 'not set' : `\`${defaultOf(option)}\``)
      return `| ${[names, option.type.expects, shown, `${option.doc}${option.secret ? ' Secret.' : ''}`].map(cell).join(' | ')} |`
    }),
  ])
  return [
    '<!-- Generated from packages/server/src/config/options.ts by packages/server/src/config/write-reference.ts. -->',
    '',
    '# Configuration',
    '',
    'Settings come from the environment, or from a file `.env` in the working directory; the environment wins. A name set to nothing counts as not set. An alias works exactly like its canonical name; both set and different is an error. All mistakes are told at once, before anything starts.',
    ...tables,
    '',
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
