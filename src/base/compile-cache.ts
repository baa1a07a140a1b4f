/** Compiled code is kept between runs, so that a start neither parses nor compiles again. Every thread turns it on for itself, before it loads the rest. */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * In the user's own cache folder, unless NODE_COMPILE_CACHE names another: under the shared temporary folder anybody could leave code for us to run.
 * Without a cache only the start is slower.
 */
export const useCompileCache = (): void => {
  const cacheHome = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? join(cacheHome, 'millrace'))
}
