/** In place of the id of somebody who was deleted: sender of what was theirs, and who has left when they go. */
export const DELETED_USER_ID = 'deleted-user'
