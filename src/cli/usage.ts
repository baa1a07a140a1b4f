/** How commands of few options answer what they do not take. */
import { exitCodes } from './command.ts'

/** `--help` prints the usage; any other word is wrong, and the usage is printed as an error. Gives the exit code, `wrong` for the latter. */
export const answerWord = (word: string, usage: string, wrong: number = exitCodes.usage): number => {
  if (word === '--help' || word === '-h' || word === '-help') {
    process.stdout.write(usage)
    return exitCodes.done
  }
  process.stderr.write(`${word} means nothing here.\n${usage}`)
  return wrong
}
