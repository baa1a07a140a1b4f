/**
 * The program of the exec source, in a process group of its own, so that what it starts in turn can be ended with it. Its output is read only when
 * asked for: a source that is held back holds the program back.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Clock } from '../../src/io/clock.ts'
import { isGroupAlive, signalGroup } from '../../src/io/process-group.ts'

/** How often the end of a group is looked for. */
const lookMs = 20

export interface ChildOptions {
  readonly program: string
  readonly args: readonly string[]
  /** For messages. */
  readonly command: string
  readonly readErrors: boolean
}

export class Child {
  readonly output: Readable
  /** Undefined when errors are not read. */
  readonly errors: Readable | undefined
  readonly #process: ChildProcess
  readonly #pid: number
  readonly #exited: Promise<unknown>

  private constructor(started: ChildProcess, output: Readable) {
    this.#process = started
    this.#pid = started.pid ?? 0
    this.output = output
    this.errors = started.stderr ?? undefined
    this.#exited = once(started, 'exit')
  }

  /** Throws CANNOT_RUN when there is no such program, or it may not be run. */
  static async start({ program, args, command, readErrors }: ChildOptions): Promise<Child> {
    const started = spawn(program, args, { stdio: ['ignore', 'pipe', readErrors ? 'pipe' : 'ignore'], detached: true })
    try {
      await once(started, 'spawn')
    } catch (thrown) {
      const isMissing = systemCode(thrown) === 'ENOENT'
      throw new Fault(
        'CANNOT_RUN',
        { command, problem: isMissing ? `there is no program ${program}` : reasonOf(thrown) },
        thrown,
      )
    }
    return new Child(started, started.stdout as Readable)
  }

  /** The exit code as a shell gives it: 128 and the signal's number for a program that was killed. */
  async exitCode(): Promise<number> {
    await this.#exited
    const { exitCode, signalCode } = this.#process
    return exitCode ?? 128 + constants.signals[signalCode ?? 'SIGKILL']
  }

  /** Ends the program and all that it started: with SIGTERM, and with SIGKILL what is left after `graceMs`. */
  async end(clock: Clock, graceMs: number): Promise<void> {
    this.output.destroy()
    this.errors?.destroy()
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    let isThere = signalGroup(this.#pid, 'SIGTERM')
    for (const since = clock.monotonic(); isThere && clock.monotonic() - since < graceMs;) {
      await clock.sleep(lookMs)
      isThere = isGroupAlive(this.#pid)
    }
    if (isThere) signalGroup(this.#pid, 'SIGKILL')
    await this.#exited
  }
}
