/** How far a member has got in a conversation: `seq` of the last message delivered to them, and read by them. 0 for none. `read` never passes `delivered`. */
export interface Cursor {
  readonly delivered: number
  readonly read: number
}
