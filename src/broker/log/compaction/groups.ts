/** Which neighbouring segments become one when they are cleaned: as many as fit the limits of a segment together. */
import type { LogSettings } from '../log-settings.ts'
import { relativeOffsetMax, type Segment } from '../segment.ts'

interface Sum {
  bytes: number
  indexBytes: number
  timeIndexBytes: number
}

/** Throws system errors. */
export const groupsOf = (segments: readonly Segment[], limits: LogSettings): Segment[][] => {
  const groups: Segment[][] = []
  let sum: Sum = { bytes: 0, indexBytes: 0, timeIndexBytes: 0 }
  for (const [index, segment] of segments.entries()) {
    const group = groups.at(-1)
    const { size, offsets, times } = segment.load()
    const next = {
      bytes: sum.bytes + size,
      indexBytes: sum.indexBytes + offsets.entries.bytes,
      timeIndexBytes: sum.timeIndexBytes + times.entries.bytes,
    }
    // the last of them may hold offsets up to the beginning of the next
    const end = segments[index + 1]?.baseOffset ?? Infinity
    if (group?.[0] !== undefined && fits(next, limits) && end - group[0].baseOffset <= relativeOffsetMax) {
      group.push(segment)
      sum = next
    } else {
      groups.push([segment])
      sum = { bytes: size, indexBytes: offsets.entries.bytes, timeIndexBytes: times.entries.bytes }
    }
  }
  return groups
}

const fits = ({ bytes, indexBytes, timeIndexBytes }: Sum, { segmentBytes, segmentIndexBytes }: LogSettings): boolean =>
  bytes <= segmentBytes && indexBytes <= segmentIndexBytes && timeIndexBytes <= segmentIndexBytes
