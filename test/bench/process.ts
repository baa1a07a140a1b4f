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
const calibrationRuns = 5

/** Whole numbers of 32 bits only, each depending on the one before: the same machine code in every call. */
const loop = (rounds: number): number => {
  let state = 1
  for (let i = 0; i < rounds; i++) state = Math.imul(state, 1_664_525) ^ i
  return state
}

const threadMicroseconds = (): number => {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/** A fixed loop in million rounds a second of CPU time, the best of some runs: the machine's pace beside a figure, whatever else runs. */
export const calibration = (): number => {
  let [fastest, state] = [Infinity, 0]
  for (let run = 0; run <= calibrationRuns; run++) {
    const start = threadMicroseconds()
    state ^= loop(calibrationRounds)
    // The first run has it compiled.
    if (run > 0) fastest = Math.min(fastest, threadMicroseconds() - start)
  }
  return Number.isInteger(state) ? calibrationRounds / fastest : 0
}
