import { InvariantBroken } from '../base/assert.ts'
import { Fault } from '../base/faults.ts'

/** How an error ends a command: a Fault as its sentence and its hint, a system's error as its message, anything else with its stack. */
export const thrownText = (thrown: unknown): string => {
  if (thrown instanceof Fault) return `${thrown.message}\n${thrown.hint}\n`
  if (thrown instanceof InvariantBroken) return `This is a mistake in Millrace itself: ${thrown.stack}\n`
  if (thrown instanceof Error) return `${'code' in thrown ? thrown.message : (thrown.stack ?? thrown.message)}\n`
  return `${String(thrown)}\n`
}

export const printThrown = (thrown: unknown): void => void process.stderr.write(thrownText(thrown))
