/**
 * `kafka-server-start.sh [-daemon] server.properties [--override name=value]*`: the broker alone, in Kafka's log layout, until SIGTERM or SIGINT asks it
 * to stop. With -daemon it goes on in the background, and its lines go to `$LOG_DIR/kafkaServer.out` (LOG_DIR is `logs` where it is not set).
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rethrowBroken } from '../base/assert.ts'
import { Fault } from '../base/faults.ts'
import type { BrokerConfig } from '../broker/config.ts'
import { type Command, exitCodes } from './command.ts'
import { type OpenLog, openLog } from './logging.ts'
import { type ServerArguments, serverArguments } from './server-config.ts'
import { listenForSignals } from './signals.ts'

const usage = 'USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n'

/** The same command without -daemon, in a process that outlives this one and its terminal. */
const startDaemon = (argv: readonly string[]): number => {
  const folder = resolve(process.env['LOG_DIR'] ?? 'logs')
  mkdirSync(folder, { recursive: true })
  const output = openSync(join(folder, 'kafkaServer.out'), 'a')
  const words = [...process.execArgv, process.argv[1] ?? '', 'kafka-server-start', ...argv]
  spawn(process.execPath, words, { detached: true, stdio: ['ignore', output, output] }).unref()
  closeSync(output)
  return exitCodes.done
}

const sayFault = (thrown: unknown, log: OpenLog): void => {
  rethrowBroken(thrown)
  const reason = thrown instanceof Fault ? `${thrown.message}. ${thrown.hint}` : String(thrown)
  log.named('kafka.Kafka$').error(`Exiting Kafka due to fatal exception: ${reason}`)
}

const configured = async ({ file, overrides }: ServerArguments, log: OpenLog): Promise<BrokerConfig> => {
  const { loadBrokerConfig, sayWarnings } = await import('../broker/config-file.ts')
  const { config, warnings } = loadBrokerConfig({ file, overrides })
  sayWarnings(warnings, log.named('kafka.server.KafkaConfig'))
  return config
}

/** Runs until a signal comes. */
const serve = async (args: ServerArguments): Promise<number> => {
  using signals = listenForSignals()
  const log = await openLog({ layout: 'kafka', to: 'stdout', name: 'kafka.Kafka$' })
  try {
    const config = await configured(args, log)
    const { startBroker } = await import('../broker/broker.ts')
    await using broker = await startBroker(config, { log })
    await signals.first
    await broker.stop()
    return exitCodes.done
  } catch (thrown) {
    sayFault(thrown, log)
    return exitCodes.failed
  }
}

export const command: Command = {
  name: 'kafka-server-start',
  summary: 'run the broker alone',
  async run(argv) {
    const args = serverArguments(argv)
    if (args === undefined) {
      process.stderr.write(usage)
      return exitCodes.failed
    }
    return args.daemon ? startDaemon(argv.slice(1)) : serve(args)
  },
}
