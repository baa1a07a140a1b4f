/** What a whole process cost, read from /proc while it runs: user and system CPU of all its threads, and the peak of its memory. Linux only. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const ticksPerSecond = 100

/** User and system CPU seconds of a process so far. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const statusMegabytes = (pid: number, field: string): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]
  return Number(kilobytes ?? 0) / 1024
}

/** The peak of the resident memory so far, MB. */
export const peakMegabytes = (pid: number): number => statusMegabytes(pid, 'VmHWM')
/** The resident memory now, MB. */
export const residentMegabytes = (pid: number): number => statusMegabytes(pid, 'VmRSS')

const sampleMs = 5
const quietMs = 1000
const quietCpuSeconds = 0.03

export interface Quiet {
  /** `performance.now()` of the last sample at which the process was still working. */
  readonly sinceMs: number
}

/** Resolves when the process has used next to no CPU for a while: its work is through. Throws after `limitMs`. */
export const quiet = async (pid: number, limitMs: number): Promise<Quiet> => {
  const startMs = performance.now()
  let busyMs = startMs
  let busyCpu = cpuSeconds(pid)
  for (;;) {
    await pause(sampleMs)
    const nowMs = performance.now()
    const cpu = cpuSeconds(pid)
    if (cpu - busyCpu >= quietCpuSeconds) {
      busyMs = nowMs
      busyCpu = cpu
    }
    if (nowMs - busyMs > quietMs) return { sinceMs: busyMs }
    if (nowMs - startMs > limitMs) throw new Error(`process ${pid} did not come to rest within ${limitMs} ms`)
  }
}

const calibrationRounds = 20_000_000

/** A fixed loop on one core, in million rounds a second: the machine's pace beside a figure. */
export const calibration = (): number => {
  const startMs = performance.now()
  let state = 1
  for (let i = 0; i < calibrationRounds; i++) state = (Math.imul(state, 1_664_525) + i) >>> 0
  const tookMs = performance.now() - startMs
  return state < 0 ? 0 : calibrationRounds / 1000 / tookMs
}
