/** The counters as Flume's JSON server shows them: an object for each component, every value a string. */
import type { CounterGroup, Monitor } from './counters.ts'

/** Java's largest double, which Flume shows as the fill of a channel whose capacity is 0, in Java's spelling. */
const javaMaxDouble = '1.7976931348623157E308'

/** A fill percentage as Java prints a double: always with a fraction. */
const javaDouble = (value: number): string => {
  if (!Number.isFinite(value)) return javaMaxDouble
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const textOf = (name: string, value: number | string): string => {
  if (typeof value === 'string') return value
  return name === 'ChannelFillPercentage' ? javaDouble(value) : String(value)
}

const attributesOf = (group: CounterGroup): Record<string, string> => {
  const attributes: Record<string, string> = { Type: group.kind }
  for (const [name, value] of group.values()) attributes[name] = textOf(name, value)
  return attributes
}

/** `{"CHANNEL.c1":{"ChannelSize":"5",…},…}` on one line. */
export const flumeJson = (monitor: Monitor): string => {
  const all: Record<string, Record<string, string>> = {}
  for (const [name, group] of monitor.groups()) all[name] = attributesOf(group)
  return JSON.stringify(all)
}
