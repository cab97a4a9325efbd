import { DELETED_USER } from '@parley/core'
import { DELETED_USER_ID } from '@parley/protocol/constants'
import { expect, test } from 'vitest'

test('clients know those who were deleted by the id that the core gives them', () => {
  expect(DELETED_USER_ID).toBe(DELETED_USER)
})
