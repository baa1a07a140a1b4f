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
import { realClock } from '../io/clock.ts'
import { type Command, exitCodes } from './command.ts'
import { type OpenLog, openLog } from './logging.ts'
import { type ServerArguments, serverArguments } from './server-config.ts'
import { listenForSignals } from './signals.ts'
import { answerAsked } from './usage.ts'

const usage = 'USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n'

/** A broker that looks through its logs after a crash may take longer than anybody wants to wait: it goes on in the background. */
const daemonWaitMs = 30_000

/**
 * The same command without -daemon, in a process that outlives this one and its terminal. Kafka's script returns at once, and the next command
 * of a script finds nobody listening; this one returns when the broker serves, and fails when it does not start.
 */
const startDaemon = async (argv: readonly string[]): Promise<number> => {
  const folder = resolve(process.env['LOG_DIR'] ?? 'logs')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'kafkaServer.out')
  const output = openSync(file, 'a')
  const words = [...process.execArgv, process.argv[1] ?? '', 'kafka-server-start', ...argv]
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', output, output, 'ipc'] })
  closeSync(output)
  const outcome = await new Promise<'serves' | 'ended' | 'waits'>((settle) => {
    child.once('message', () => settle('serves'))
    child.once('exit', () => settle('ended'))
    realClock.after(daemonWaitMs, () => settle('waits'))
  })
  if (child.connected) child.disconnect()
  child.unref()
  if (outcome === 'serves') return exitCodes.done
  process.stderr.write(
    `The broker ${outcome === 'ended' ? 'did not start' : 'is still starting'}: ${file} says more.\n`,
  )
  return outcome === 'ended' ? exitCodes.failed : exitCodes.done
}

/** Tells the command that started this process with -daemon, if one did, that the broker serves. */
const sayServing = (): void => {
  process.send?.('serves')
  if (process.connected) process.disconnect()
}

const sayFault = (thrown: unknown, log: OpenLog): void => {
  rethrowBroken(thrown)
  const reason = thrown instanceof Fault ? `${thrown.message}. ${thrown.hint}` : String(thrown)
  log.named('kafka.Kafka$').error(`Exiting Kafka due to fatal exception: ${reason}`)
}

const configured = async ({ file, overrides }: ServerArguments, log: OpenLog): Promise<BrokerConfig> => {
  const { loadBrokerConfig, sayWarnings } = await import('../broker/config-file.ts')
  const { valuesText } = await import('../broker/config-notices.ts')
  const { config, warnings } = loadBrokerConfig({ file, overrides })
  const said = log.named('kafka.server.KafkaConfig')
  said.info(valuesText(config.settings))
  sayWarnings(warnings, said)
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
    sayServing()
    const fault = await Promise.race([signals.first.then(() => undefined), broker.failed])
    await broker.stop()
    if (fault !== undefined) throw fault
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
    const answered = answerAsked(argv, usage)
    if (answered !== undefined) return answered
    const args = serverArguments(argv)
    if (args === undefined) {
      process.stderr.write(usage)
      return exitCodes.failed
    }
    return args.daemon ? startDaemon(argv.slice(1)) : serve(args)
  },
}
