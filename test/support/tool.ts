/** Kafka's tools as users type them, against one broker: what each printed where, and how it ended. */
import { bin } from './agent.ts'
import { Child, type ChildOptions } from './child.ts'

export interface ToolResult {
  readonly code: number | null
  readonly out: string
  /** The times of log lines are left out: `ERROR …`, `WARN …`. */
  readonly err: string
  readonly bytes: Buffer
}

/** Runs a tool of `bin/` to its end. */
export const tool = async (name: string, args: readonly string[], options: ChildOptions = {}): Promise<ToolResult> => {
  await using child = new Child(bin(`${name}.sh`), args, options)
  const code = await child.exited
  const err = child.stderr.toString().replaceAll(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] /gm, '')
  return { code, out: child.stdout.toString(), err, bytes: child.stdout }
}

/** What follows the message about wrong usage. */
export const optionTable = /^Option {34}Description\n------ {34}-----------\n--/m
