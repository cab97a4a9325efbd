import { describe, expect, it } from 'vitest'
import { readCommandLine, UsageError } from './command-line.ts'

const LINK = 'https://talk.example.org/r/k7fp-2m9x-qd4w'
const plain = { link: LINK, name: 'Bot', password: null, seconds: null }

describe('reading the command line', () => {
  it.each([
    ['a link alone', [LINK], { ...plain, command: { name: 'monitor', json: false, report: null } }],
    [
      'monitor with everything',
      [LINK, 'monitor', '--json', '--report', 'a.html', '--seconds', '1.5', '--name', 'Ann', '--password', 'x y'],
      {
        link: LINK,
        name: 'Ann',
        password: 'x y',
        seconds: 1.5,
        command: { name: 'monitor', json: true, report: 'a.html' },
      },
    ],
    ['play', [LINK, 'play', 'a.ogg', '--loop'], { ...plain, command: { name: 'play', file: 'a.ogg', loop: true } }],
    ['the command before the link', ['record', LINK, 'out'], { ...plain, command: { name: 'record', folder: 'out' } }],
    ['say', [LINK, 'say', 'Good morning'], { ...plain, command: { name: 'say', text: 'Good morning' } }],
    ['listen', [LINK, 'listen', '--json'], { ...plain, command: { name: 'listen', json: true } }],
    ['help beside anything', ['whatever', '-h'], 'help'],
    ['version', ['--version'], 'version'],
  ])('%s', (_, args, wish) => {
    expect(readCommandLine(args)).toEqual(wish)
  })

  it.each([
    ['no link', ['monitor'], 'Give the link'],
    ['a command that there is not', [LINK, 'dance'], 'no command “dance”'],
    ['play without a file', [LINK, 'play'], 'play needs an Ogg Opus file'],
    ['a text without quotes', [LINK, 'say', 'Good', 'morning'], 'in quotes'],
    ['too many words', [LINK, 'listen', 'now'], '“now” is one word too many'],
    ['an option of another command', [LINK, 'say', 'x', '--json'], '--json is for monitor and listen alone'],
    ['an unknown option', [LINK, '--loud'], '--loud'],
    ['no time', [LINK, '--seconds', 'soon'], 'a number above 0, not “soon”'],
  ])('says what is wrong with %s', (_, args, words) => {
    expect(() => readCommandLine(args)).toThrow(UsageError)
    expect(() => readCommandLine(args)).toThrow(words)
  })
})
