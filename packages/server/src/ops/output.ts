/** Where lines go besides the files; the process's standard output unless a test reads them. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }
