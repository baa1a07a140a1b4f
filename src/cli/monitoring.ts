/** `-Dflume.monitoring.type=http -Dflume.monitoring.port=N`: the counters over HTTP while an agent runs. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { closest } from '../config/did-you-mean.ts'
import type { Monitor } from '../monitor/counters.ts'

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() }

const portOf = (text: string | undefined, standard: number): number => {
  if (text === undefined) return standard
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Fault('WRONG_USAGE', { command: 'flume-ng agent', problem: `flume.monitoring.port=${text} is no port` })
}

/** Types of Flume, or of what comes after 1.11. */
const notThereYet = ['ganglia', 'prometheus']
const instead = 'serves the counters as JSON'

const whyNot = (type: string): string => {
  if (notThereYet.includes(type.toLowerCase())) return `is not there yet; http is, which ${instead}`
  if (type.includes('.')) return `is a Java class, and those cannot be loaded; http ${instead}`
  const isHttp = closest(type, ['http']) !== undefined
  return `is unknown, and no metrics are served${isHttp ? ' (did you mean http?)' : `; http ${instead}`}`
}

/** Serves them if that is asked for. A port that is taken costs the metrics and not the agent, as in Flume. */
export const startMonitoring = async (
  properties: ReadonlyMap<string, string>,
  monitor: Monitor,
  log: Log,
): Promise<AsyncDisposable> => {
  const type = properties.get('flume.monitoring.type')
  if (type === undefined) return nothing
  if (type.toLowerCase() !== 'http') {
    log.warn(`flume.monitoring.type=${type} ${whyNot(type)}.`)
    return nothing
  }
  const { monitorPort, serveMonitor } = await import('../monitor/http.ts')
  const port = portOf(properties.get('flume.monitoring.port'), monitorPort)
  try {
    return await serveMonitor({ monitor, port, bind: properties.get('flume.monitoring.bind'), log })
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    log.error(`No metrics are served: ${thrown.message}. ${thrown.hint}`)
    return nothing
  }
}
