/** What `--print-metrics` prints: the names that Kafka's clients have for what these tools count, in a table of Kafka's form. A client here keeps no others. */
import { version } from '../version.ts'

export interface Metric {
  readonly group: string
  readonly name: string
  /** Beside the client's id. */
  readonly topic?: string
  readonly value: number
}

/** The table, in the order of the names. */
export const metricsTable = (clientId: string, metrics: readonly Metric[]): string => {
  const rows: (readonly [name: string, value: string])[] = metrics.map(({ group, name, topic, value }) => [
    `${group}:${name}:{client-id=${clientId}${topic === undefined ? '' : `, topic=${topic}`}}`,
    value.toFixed(3),
  ])
  rows.push([`app-info:version:{client-id=${clientId}}`, version()])
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name.padEnd(width)} : ${value}`)
  return ['', `${'Metric Name'.padEnd(width)}   Value`, ...lines, ''].join('\n')
}

/** A total, and how much of it came in a second. */
export const counted = (
  where: Pick<Metric, 'group' | 'topic'>,
  name: string,
  total: number,
  elapsedMs: number,
): Metric[] => [
  { ...where, name: `${name}-total`, value: total },
  { ...where, name: `${name}-rate`, value: elapsedMs <= 0 ? 0 : (total * 1000) / elapsedMs },
]
