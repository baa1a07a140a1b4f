/**
 * One agent from its plan to its end: the broker first, if one comes along, then the agent, then the metrics; on a signal the drain, one line of
 * accounts, and everything closed, the broker last.
 */
import { join } from 'node:path'
import { type RunningAgent, startAgent } from '../agent/agent.ts'
import type { AgentPlan } from '../agent/registry.ts'
import { counted } from '../base/counted.ts'
import type { Log } from '../base/log.ts'
import type { Planned } from '../config/plan.ts'
import type { Definition } from '../config/setting.ts'
import { realClock } from '../io/clock.ts'
import { realDisk } from '../io/disk.ts'
import { realRandom } from '../io/random.ts'
import { type Accounts, accountsLine } from '../monitor/accounts.ts'
import { Monitor } from '../monitor/counters.ts'
import { exitCodes } from './command.ts'
import { type FileStamps, watchConfig } from './config-watch.ts'
import { type BrokerBeside, startBrokerBeside } from './broker-beside.ts'
import { startMonitoring } from './monitoring.ts'
import { listenForSignals, signalExitCodes } from './signals.ts'
import { catchStrayErrors } from './stray-errors.ts'

/** How long a stop waits for the sinks to drain; `-Dmillrace.grace.seconds` changes it. */
const graceSeconds = 30

export interface AgentRun {
  readonly plan: AgentPlan
  readonly log: Log
  /** The -D properties. */
  readonly properties: ReadonlyMap<string, string>
  /** Configuration files to keep an eye on, as they were when they were read; undefined for no look. */
  readonly watched?: FileStamps | undefined
  /** The broker's file, or `true` for the shipped one; undefined for no broker. */
  readonly broker: string | true | undefined
  /** Called once everything runs. */
  started?(agent: RunningAgent, broker: BrokerBeside | undefined): void
  /** Called with the accounts once everything has drained; the log gets them too. */
  ended?(accounts: Accounts): void
}

const graceMs = (properties: ReadonlyMap<string, string>): number => {
  const given = Number(properties.get('millrace.grace.seconds') ?? graceSeconds)
  return (Number.isFinite(given) && given >= 0 ? given : graceSeconds) * 1000
}

const listOf = (parts: readonly Planned<Definition>[]): string =>
  parts.map(({ name, definition }) => `${name}=${definition.type}`).join(', ')

const saysStart = ({ log, plan }: AgentRun): void => {
  const { sources, channels, sinks } = plan
  log.info(
    `Starting new configuration:{ sources:{${listOf(sources)}} channels:{${listOf(channels)}} sinks:{${listOf(sinks)}} }`,
  )
}

const environmentOf = (run: AgentRun, monitor: Monitor) => ({
  log: run.log,
  clock: realClock,
  disk: realDisk,
  random: realRandom,
  monitor,
  graceMs: graceMs(run.properties),
  stateDirectory: join(process.cwd(), 'data'),
})

/** What was taken in and has gone nowhere, channel by channel. */
const sayHeld = ({ components }: Accounts, log: Log): void => {
  for (const { kind, name, held, durable } of components) {
    if (kind !== 'channel' || held === 0) continue
    if (durable === true) log.info(`Channel ${name} keeps ${counted(held, 'event')} for the next start.`)
    else
      log.warn(
        `Channel ${name} still holds ${counted(held, 'event')}: sources that can read again (files, Kafka) deliver them again at the next start; ` +
          'what other sources took in is lost.',
      )
  }
}

/** Runs until a signal stops it or an invariant breaks; resolves with the exit code. Rejects when it cannot start. */
export const runAgent = async (run: AgentRun): Promise<number> => {
  const { log } = run
  let running: RunningAgent | undefined
  using signals = listenForSignals({
    atOnce(signal) {
      log.warn(
        `${signal} again: the agent ends at once. What had not settled comes again at the next start where its source can read again.`,
      )
      if (running !== undefined) sayHeld(running.accounts(), log)
    },
  })
  using stray = catchStrayErrors(log)
  await using open = new AsyncDisposableStack()
  const broker = run.broker === undefined ? undefined : open.use(await startBrokerBeside(run.broker, log))
  saysStart(run)
  const monitor = new Monitor(log)
  const agent = open.use(await startAgent(run.plan, environmentOf(run, monitor)))
  running = agent
  broker?.watch(agent)
  open.use(await startMonitoring(run.properties, monitor, log))
  if (run.watched !== undefined) open.use(watchConfig(run.watched, log))
  run.started?.(agent, broker)
  const ended = await Promise.race([signals.first, agent.failed, stray.broken])
  if (typeof ended === 'string') {
    const seconds = graceMs(run.properties) / 1000
    log.info(`${ended}: the sources stop, the sinks drain, for ${seconds} s at the most. A second signal ends at once.`)
  } else log.error(`This is a mistake in Millrace itself, and the agent ends: ${ended.message}`, { error: ended })
  const accounts = await agent.stop()
  log.info(accountsLine(accounts))
  sayHeld(accounts, log)
  run.ended?.(accounts)
  return typeof ended === 'string' ? signalExitCodes[ended] : exitCodes.failed
}
