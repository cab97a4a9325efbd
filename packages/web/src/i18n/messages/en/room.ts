/** Words of the room. */
export const room = {} as const
