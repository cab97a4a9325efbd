import { describe, expect, it } from 'vitest'
import { english } from '../i18n/messages/en/index.ts'
import { createText } from '../i18n/text.ts'
import { shareLead } from './share-lead.ts'

const text = createText({ language: 'en', direction: 'ltr', catalogue: english })
const said = (door: Partial<Parameters<typeof shareLead>[0]>) =>
  text(shareLead({ isLocked: false, hasPassword: false, hasLobby: false, ...door }))

describe('what is said beside the link', () => {
  it('promises that it lets people in only where it does', () => {
    expect(said({})).toContain('link can come in')
    expect(said({ hasPassword: true })).toContain('link and the password can come in')
    expect(said({ hasLobby: true })).toContain('link can ask to come in')
    expect(said({ hasPassword: true, hasLobby: true })).toContain('link and the password can ask to come in')
  })

  it('says of a locked room that nobody new comes in, whatever else it has', () => {
    expect(said({ isLocked: true, hasPassword: true, hasLobby: true })).toContain('Nobody new can come in')
  })
})
