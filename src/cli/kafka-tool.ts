/** What all of Kafka's tools have in common: usage errors with the option table and exit code 1, `--help`, `--version`, and a log that only warns. */
import type { Log } from '../base/log.ts'
import { type Command, exitCodes } from './command.ts'
import { type JoptSpec, type JoptValues, optionTable, parseJopt, UsageError } from './jopt.ts'
import { openLog } from './logging.ts'
import { versionLine } from './usage.ts'

export interface KafkaTool extends JoptSpec {
  /** The launcher's name without `.sh`. */
  readonly name: string
  readonly summary: string
  /** Does the work; resolves with the exit code. */
  work(values: JoptValues, log: Log): Promise<number>
}

const run = async (tool: KafkaTool, argv: readonly string[]): Promise<number> => {
  if (argv.length === 0) {
    process.stderr.write(`${tool.purpose}\n${optionTable(tool)}`)
    return exitCodes.failed
  }
  try {
    const values = parseJopt(tool, argv)
    if (values.has('help')) {
      process.stderr.write(`${tool.purpose}\n${optionTable(tool)}`)
      return exitCodes.done
    }
    if (values.has('version')) {
      process.stdout.write(versionLine())
      return exitCodes.done
    }
    // Loaded only here: the tools that talk to no broker start sooner without it.
    if (tool.options.some(({ names }) => names[0] === 'zookeeper') && values.has('zookeeper'))
      await (await import('./kafka-bootstrap.ts')).checkOwnBroker(values)
    const log = await openLog({ layout: 'kafka', level: 'warn', name: tool.name })
    return await tool.work(values, log)
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    process.stderr.write(`${thrown.message}\n${thrown.withTable ? optionTable(tool) : ''}`)
    return exitCodes.failed
  }
}

/** A tool as a command. */
export const kafkaTool = (tool: KafkaTool): Command => ({
  name: tool.name,
  summary: tool.summary,
  run: (argv) => run(tool, argv),
})
