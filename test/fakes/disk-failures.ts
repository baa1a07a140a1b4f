/** What the fake disk is told to refuse: the next calls of one kind on some paths, or the call after so many changes, whatever it is. */
import type { Disk } from '../../src/io/disk.ts'
import { systemError } from './disk-names.ts'

interface PlannedFailure {
  readonly operation: keyof Disk
  readonly code: string
  readonly path: string
  left: number
}

export class PlannedFailures {
  #planned: PlannedFailure[] = []
  #changesLeft = Infinity
  #code = ''

  plan(failure: PlannedFailure): void {
    this.#planned.push(failure)
  }

  planChange(count: number, code: string): void {
    this.#changesLeft = count
    this.#code = code
  }

  heal(): void {
    this.#planned = []
    this.#changesLeft = Infinity
  }

  /** Throws where this call is to fail. */
  check(operation: keyof Disk, path: string): void {
    const planned = this.#planned.find((f) => f.left > 0 && f.operation === operation && path.includes(f.path))
    if (planned === undefined) return
    planned.left--
    throw systemError(planned.code, operation, path)
  }

  /** For calls that change something. */
  checkChange(operation: keyof Disk, path: string): void {
    if (--this.#changesLeft === 0) throw systemError(this.#code, operation, path)
  }
}
