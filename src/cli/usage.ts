/** How commands of few options answer what they do not take. */
import { exitCodes } from './command.ts'
import { version } from './version.ts'

/** What `--version` prints for every one of Kafka's tools. */
export const versionLine = (): string => `millrace ${version()}\n`

/** Answers `--help` and `--version`, which Kafka's launchers take wherever they stand. Gives the exit code, or undefined where neither is there. */
export const answerAsked = (argv: readonly string[], help: string): number | undefined => {
  const isHelp = argv.includes('--help')
  if (!isHelp && !argv.includes('--version')) return undefined
  process.stdout.write(isHelp ? help : versionLine())
  return exitCodes.done
}

/** `--help` prints the usage; any other word is wrong, and the usage is printed as an error. Gives the exit code, `wrong` for the latter. */
export const answerWord = (word: string, usage: string, wrong: number = exitCodes.usage): number => {
  if (word === '--help' || word === '-h' || word === '-help') {
    process.stdout.write(usage)
    return exitCodes.done
  }
  process.stderr.write(`${word} means nothing here.\n${usage}`)
  return wrong
}
