/** The options of the project's own scripts, `npm run bench` and the like: one line says what they are where one is wrong, or --help asks. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>

/** What the command line says. Ends the process with 0 after --help, with 1 where an option is none of `config`'s. */
export const ownOptions = <const T extends ParseArgsConfig>(usage: string, config: T): Parsed<T> => {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(`Usage: ${usage}`)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\nUsage: ${usage}`)
    return process.exit(1)
  }
}
