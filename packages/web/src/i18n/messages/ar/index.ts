import { common } from './common.ts'
import { create } from './create.ts'
import { join } from './join.ts'
import { landing } from './landing.ts'
import { room } from './room.ts'

export const arabic = { common, landing, create, join, room } as const
