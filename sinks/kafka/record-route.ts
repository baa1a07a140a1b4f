/**
 * Where an event's record goes and what it carries beside the body, all of it read from the headers. Events that share a headers object share the
 * answer, so a run of them costs one look.
 */
import type { Headers } from '../../src/flow/event.ts'
import { encodeHeaders } from '../../src/client/records.ts'

export interface RecordRoute {
  readonly topic: string
  /** The partition that was asked for, or -1. */
  readonly partition: number
  readonly key: Buffer | null
  /** The record's own headers, encoded; null for none. */
  readonly recordHeaders: Uint8Array | null
  /** Milliseconds, or -1 for the time of sending. */
  readonly timestampMs: number
}

/** Headers that make it impossible to store the event. */
export interface Unroutable {
  readonly reason: string
}

export interface RouteRules {
  /** The topic for events whose headers name none, or why there can be none. */
  readonly topic: (headers: Headers) => string | Unroutable
  /** The header that names the topic; undefined when it is not to be followed. */
  readonly topicHeader: string | undefined
  readonly partitionHeader: string | undefined
  readonly defaultPartition: number | undefined
  readonly timestampHeader: string | undefined
  /** Record headers to write, and the event headers that they come from. */
  readonly copied: readonly (readonly [from: string, to: string])[]
  /** Told, once for each, about a timestamp that is none. */
  readonly badTimestamp: (value: string) => void
}

const keyHeader = 'key'
const topicShape = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/

/** Whether a broker would take this as a topic's name. */
export const isTopicName = (name: string): boolean => topicShape.test(name)

const wholeNumber = (text: string): number => (/^[+-]?\d{1,10}$/.test(text) ? Number(text) : NaN)

const partitionOf = (headers: Headers, rules: RouteRules): number => {
  const asked = rules.partitionHeader === undefined ? undefined : headers[rules.partitionHeader]
  return asked === undefined ? (rules.defaultPartition ?? -1) : wholeNumber(asked)
}

const recordHeadersOf = (headers: Headers, copied: RouteRules['copied']): Uint8Array | null => {
  const present = copied.flatMap(([from, to]) => {
    const value = headers[from]
    return value === undefined ? [] : [[to, value] as const]
  })
  return present.length === 0 ? null : encodeHeaders(Object.fromEntries(present))
}

const timestampOf = (headers: Headers, rules: RouteRules): number => {
  const text = rules.timestampHeader === undefined ? undefined : headers[rules.timestampHeader]
  if (text === undefined) return -1
  if (/^\d{1,15}$/.test(text)) return Number(text)
  rules.badTimestamp(text)
  return -1
}

/** The route of all events that have these headers. */
export const routeOf = (headers: Headers, rules: RouteRules): RecordRoute | Unroutable => {
  const topic = (rules.topicHeader === undefined ? undefined : headers[rules.topicHeader]) ?? rules.topic(headers)
  if (typeof topic !== 'string') return topic
  if (!isTopicName(topic)) return { reason: `'${topic}' cannot be the name of a topic` }
  const partition = partitionOf(headers, rules)
  if (Number.isNaN(partition))
    return {
      reason: `header ${rules.partitionHeader} is '${headers[rules.partitionHeader ?? '']}', which is no partition`,
    }
  const key = headers[keyHeader]
  return {
    topic,
    partition,
    key: key === undefined ? null : Buffer.from(key),
    recordHeaders: recordHeadersOf(headers, rules.copied),
    timestampMs: timestampOf(headers, rules),
  }
}
