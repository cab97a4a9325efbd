import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config/index.ts'
import { about, type Finding, reasonOf } from './finding.ts'

const KEPT_FILES = ['jwt-secret', 'turn-secret', 'parley.db']
const OTHERS_MAY_READ = 0o004
const ANYBODY_MAY_WRITE = 0o022

/** What is secret, and where it is kept. That it can not be guessed, the configuration has seen to already. */
export function checkSecrets(config: Config): readonly Finding[] {
  return [checkSigning(config), checkFolder(config.dataDir)]
}

function checkSigning({ environment, jwtSecrets, apiKeys }: Config): Finding {
  const { well, note } = about('secrets', 'Secrets')
  if (jwtSecrets.length === 0) {
    return note('JWT_SECRET is not set: one is made and kept in DATA_DIR.', 'Set it before you run more than one node.')
  }
  if (environment !== 'production') {
    return note(
      'NODE_ENV is not production: weak settings are accepted.',
      'Set NODE_ENV=production where people use it.',
    )
  }
  const old =
    jwtSecrets.length > 1
      ? ` ${jwtSecrets.length - 1} older one is accepted too: remove it when its tokens are out of date.`
      : ''
  return well(`JWT_SECRET can not be guessed${apiKeys.length > 0 ? ', nor can API_KEY' : ''}.${old}`)
}

function checkFolder(dataDir: string): Finding {
  const { well, note, wrong } = about('data-folder', 'Data folder')
  const folder = resolve(dataDir)
  const modeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mode ?? null
  try {
    const mode = modeOf(folder)
    if (mode === null) return note(`${folder} is not there yet: it is made at the start.`)
    const isReadable = (mode & OTHERS_MAY_READ) !== 0
    const open = KEPT_FILES.filter((name) => ((modeOf(join(folder, name)) ?? 0) & OTHERS_MAY_READ) !== 0)
    if (isReadable && open.length > 0) {
      return wrong(
        `Every user of this machine can read ${open.join(' and ')} in ${folder}.`,
        `Run: chmod -R o= ${folder}`,
      )
    }
    if ((mode & ANYBODY_MAY_WRITE) !== 0) {
      return wrong(`Others than its owner may write to ${folder}.`, `Run: chmod go-w ${folder}`)
    }
    return well(`${folder} is its owner's.`)
  } catch (error) {
    return wrong(`${folder} can not be looked at: ${reasonOf(error)}.`, 'Run this as the user that runs Parley.')
  }
}
