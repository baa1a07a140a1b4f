/**
 * The line layouts that people grep for: Flume's on the console and in its file, and Kafka's. The class column holds the name of the part that
 * speaks (`NetcatSource`); method, source file and line number, which log4j looks up for every line, are left away, and the thread is `main`.
 */
import { inspect } from 'node:util'
import { Fault } from '../base/faults.ts'

export type LineLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'

export interface Line {
  readonly timeMs: number
  readonly level: LineLevel
  readonly name: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type Layout = (line: Line) => string

const two = (n: number): string => String(n).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const clockTime = (d: Date): string =>
  `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())},${String(d.getMilliseconds()).padStart(3, '0')}`

/** `2026-11-21 04:01:28,123`, in local time. */
const isoStamp = (timeMs: number): string => {
  const d = new Date(timeMs)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clockTime(d)}`
}

/** `21 Nov 2026 04:01:28,123`, in local time. */
const dayStamp = (timeMs: number): string => {
  const d = new Date(timeMs)
  return `${two(d.getDate())} ${months[d.getMonth()]} ${d.getFullYear()} ${clockTime(d)}`
}

/** Further lines are set in and control characters written out, so that no text from outside can pass for a line of the log. */
const tame = (text: string): string =>
  text
    .replaceAll(/\r?\n/g, '\n    ')
    .replaceAll(/(?![\t\n])\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** An error that the world makes is said in a sentence; one that should not be comes with its stack. */
const errorText = (error: Error): string => {
  if (error instanceof Fault) return `${error.message} (${error.hint})`
  return 'code' in error ? error.message : (error.stack ?? error.message)
}

const valueText = (value: unknown): string => {
  if (value instanceof Error) return errorText(value)
  return typeof value === 'string' ? value : inspect(value, { breakLength: Infinity })
}

/** Where an error came from, without what it says. */
const placeOf = (error: Error): string => /\n {4}at [\s\S]*$/.exec(error.stack ?? '')?.[0] ?? ''

/** What of a field the sentence does not say. Of a fault that it quotes, that is the hint; of another error, where it came from. */
const unsaid = (message: string, key: string, value: unknown): string => {
  if (value instanceof Error && value.message !== '' && message.includes(value.message)) {
    if (value instanceof Fault) return message.includes(value.hint) ? '' : ` (${value.hint})`
    return 'code' in value ? '' : placeOf(value)
  }
  return message.includes(valueText(value)) ? '' : ` ${key}=${valueText(value)}`
}

/** Fields for which the sentence has no room are put behind it; what it says already is not said again. */
const said = ({ message, fields }: Line): string =>
  tame(
    message +
      Object.entries(fields)
        .map(([key, value]) => unsaid(message, key, value))
        .join(''),
  )

/** `2026-11-21 04:01:28,123 (main) [INFO - NetcatSource] Source starting` */
export const flumeConsole: Layout = (line) =>
  `${isoStamp(line.timeMs)} (main) [${line.level} - ${line.name}] ${said(line)}\n`

/** `21 Nov 2026 04:01:28,123 INFO  [main] (NetcatSource)  - Source starting` */
export const flumeFile: Layout = (line) =>
  `${dayStamp(line.timeMs)} ${line.level.padEnd(5)} [main] (${line.name})  - ${said(line)}\n`

/** `[2026-11-21 04:01:28,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)` */
export const kafkaLine: Layout = (line) => `[${isoStamp(line.timeMs)}] ${line.level} ${said(line)} (${line.name})\n`
