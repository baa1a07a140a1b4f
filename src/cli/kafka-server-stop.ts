/**
 * `kafka-server-stop.sh [server.properties] [--override name=value]*`: asks the broker of the log folders that the file names to stop, and waits until it is gone. Kafka's
 * script takes every broker of the machine and does not wait; this one takes only that of its file (conf/server.properties, or the shipped folders),
 * and so wants the words that the broker was started with.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadBrokerConfig } from '../broker/config-file.ts'
import { type RunningProcess, runningBroker } from '../broker/pid-file.ts'
import { realClock } from '../io/clock.ts'
import { realDisk } from '../io/disk.ts'
import { realProcesses } from '../io/processes.ts'
import { type Command, exitCodes } from './command.ts'
import { stopArguments } from './server-config.ts'
import { answerAsked, answerWord } from './usage.ts'

const usage = `USAGE: kafka-server-stop.sh [server.properties] [--override property=value]*

Stops the broker whose log.dirs these words name, and waits until it is gone: say what it was started with.
Without a file it is conf/server.properties here, or else data/kafka-logs.
`

const shippedFile = 'conf/server.properties'
const LOOK_AGAIN_MS = 50
/** After that it is said that the broker is still there. */
const PATIENCE_MS = 60_000

const found = (folders: readonly string[]): RunningProcess | undefined => {
  for (const folder of folders) {
    const running = runningBroker(folder, realDisk, realProcesses)
    if (running !== undefined) return running
  }
  return undefined
}

const stop = async ({ pid }: RunningProcess): Promise<number> => {
  const start = realProcesses.startOf(pid)
  process.kill(pid, 'SIGTERM')
  const sinceMs = realClock.monotonic()
  while (realProcesses.startOf(pid) === start) {
    if (realClock.monotonic() - sinceMs > PATIENCE_MS) {
      process.stderr.write(`Process ${pid} was asked to stop and is still there after ${PATIENCE_MS / 1000} s\n`)
      return exitCodes.failed
    }
    await realClock.sleep(LOOK_AGAIN_MS)
  }
  return exitCodes.done
}

export const command: Command = {
  name: 'kafka-server-stop',
  summary: 'stop the broker that runs alone',
  async run(argv) {
    const answered = answerAsked(argv, usage)
    if (answered !== undefined) return answered
    const args = stopArguments(argv)
    if (args === undefined) {
      const odd = argv.find((word) => word.startsWith('-') && !word.startsWith('--override'))
      return answerWord(odd ?? argv.join(' '), usage, exitCodes.failed)
    }
    const file = args.file ?? (existsSync(shippedFile) ? shippedFile : undefined)
    const { config } = loadBrokerConfig({ file, overrides: args.overrides })
    const running = found(config.logDirs)
    if (running === undefined) {
      process.stdout.write('No kafka server to stop\n')
      const folders = config.logDirs.map((folder) => resolve(folder)).join(', ')
      process.stderr.write(
        `No broker of the log folder ${folders} runs: name the file and the --override it was started with.\n`,
      )
      return exitCodes.failed
    }
    if (!running.embedded) return stop(running)
    process.stderr.write(
      `The broker runs inside the agent of process ${running.pid}: stop the agent (kill ${running.pid})\n`,
    )
    return exitCodes.failed
  },
}
