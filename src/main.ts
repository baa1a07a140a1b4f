/** Where every launcher in `bin/` arrives: turns the compile cache on, hands the words to `cli`, and ends with the exit code that comes back. */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// The user's own cache folder: under the shared temporary folder anybody could leave code for us to run. Without a cache only the start is slower.
const cacheHome = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? join(cacheHome, 'millrace'))

const { main } = await import('./cli/commands.ts')
process.exitCode = await main(process.argv.slice(2))
