/**
 * How many bytes events may hold, for the memory channel and the spillable one. As in Flume an event is charged in slots, at least one, so that a file's
 * byteCapacity means what it meant; unlike Flume its headers are charged too.
 */
import { totalmem } from 'node:os'
import { type Batch, bodyLengthOf, type Headers } from '../../src/flow/event.ts'

/** The memory channel's slot. */
const usualSlotBytes = 100

const headerBytes = (headers: Headers): number => {
  let bytes = 0
  for (const name in headers) bytes += name.length + (headers[name] ?? '').length
  return bytes
}

/** Bytes charged for the events `from` to `to`, in slots of `slotBytes`. Header texts are charged by their length in UTF-16 units. */
export const chargeOf = (batch: Batch, from: number, to: number, slotBytes = usualSlotBytes): number => {
  let slots = 0
  let lastHeaders: Headers | undefined
  let lastBytes = 0
  for (let i = from; i < to; i++) {
    const event = batch[i]
    if (event === undefined) continue
    if (event.headerLength !== undefined) {
      lastHeaders = undefined
      lastBytes = event.headerLength
    } else if (event.headers !== lastHeaders) {
      lastHeaders = event.headers
      lastBytes = headerBytes(lastHeaders)
    }
    const bytes = bodyLengthOf(event) + lastBytes
    // Without a branch: lines about as long as a slot would have it guessed wrong at every other event.
    slots += Math.ceil(Math.max(1, bytes) / slotBytes)
  }
  return slots * slotBytes
}

/** Heap size that a JVM flag such as `-Xmx20m` asks for, in bytes; undefined when the text has none. The last flag wins, as in Java. */
export const heapOf = (javaOptions: string): number | undefined => {
  const flag = [...javaOptions.matchAll(/(?:^|\s)-Xmx(\d+)([kmgt]?)(?=\s|$)/gi)].at(-1)
  if (flag === undefined) return undefined
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }[(flag[2] ?? '').toLowerCase()] ?? 1
  return Number(flag[1]) * unit
}

/** What byteCapacity is when the file does not say: 80 % of the heap that JAVA_OPTS asks for, else of a quarter of the machine's memory. */
export const defaultByteCapacity = (javaOptions: string, machineBytes: number): number =>
  Math.floor((heapOf(javaOptions) ?? machineBytes / 4) * 0.8)

/** Bytes for the events themselves: `byteCapacity`, 0 of which is no limit, less what is kept back. */
export const bytesMaxOf = (byteCapacity: number | undefined, keptBackPercent: number): number => {
  if (byteCapacity === 0) return Number.MAX_SAFE_INTEGER
  const whole = byteCapacity ?? defaultByteCapacity(process.env['JAVA_OPTS'] ?? '', totalmem())
  return Math.floor((whole * (100 - keptBackPercent)) / 100)
}
