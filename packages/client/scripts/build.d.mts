/** Writes the script, its source map and compressed copies into `outDir`; resolves with the script's path. */
export function buildScript(outDir?: string): Promise<string>
