/** Where every launcher in `bin/` arrives: turns the compile cache on, hands the words to `cli`, and ends with the exit code that comes back. */
import { useCompileCache } from './base/compile-cache.ts'

useCompileCache()

// What bin/launch set for this process's own C library; commands that it runs get the environment that the user gave.
if (process.env['MILLRACE_POOLS'] !== undefined) {
  delete process.env['MALLOC_ARENA_MAX']
  delete process.env['MILLRACE_POOLS']
}

/** How long whatever a command has left open may keep the process up after it has ended. */
const lingerMs = 2_000

// Nobody reads on, as behind `| head`. A command that has more to end than itself listens too.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const { main } = await import('./cli/commands.ts')
const code = await main(process.argv.slice(2))
process.exitCode = code
setTimeout(() => process.exit(code), lingerMs).unref()
