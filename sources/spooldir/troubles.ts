/** What is said about files that do not behave: each thing once, in words a person can act on. Where Flume stops, the other files go on. */
import { reasonOf } from '../../src/base/faults.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { SpoolFile } from './spool-file.ts'

export class Troubles {
  readonly #context: SourceContext
  /** What was last said of a path. */
  readonly #said = new Map<string, string>()

  constructor(context: SourceContext) {
    this.#context = context
  }

  /** The file can't be read now. */
  say(file: SpoolFile, thrown: unknown): void {
    if (!this.#isNew(file, reasonOf(thrown))) return
    this.#context.counters.add('EventReadFail', 1)
    this.#context.log.warn(`${file.path} can't be read: ${reasonOf(thrown)}. It is tried again; other files go on.`)
  }

  /** The file is delivered, and can't be renamed, deleted or marked now. */
  sayStuck(file: SpoolFile, thrown: unknown): void {
    if (!this.#isNew(file, reasonOf(thrown))) return
    this.#context.log.error(
      `${file.path} is delivered and can't be retired: ${reasonOf(thrown)}. It is tried again, and not read again.`,
    )
  }

  sayAside({ path }: SpoolFile, reason: string): void {
    this.#context.counters.add('GenericProcessingFail', 1)
    this.#context.log.error(
      `${reason}. ${path} is set aside; other files go on. Move it away; under a new name it is read from its beginning.`,
    )
  }

  sayGrown(file: SpoolFile): void {
    if (!this.#isNew(file, 'grown')) return
    this.#context.log.warn(
      `File has grown since being read: ${file.path}. What was added is read too. Files must be complete when they get their name here.`,
    )
  }

  sayGone({ path }: SpoolFile): void {
    this.#context.log.warn(`${path} was read, and somebody else has moved or deleted it.`)
  }

  sayLongLine(path: string, maxLineLength: number): void {
    this.#context.log.warn(
      `Line length exceeds max (${maxLineLength}): a line of ${path} becomes several events; deserializer.maxLineLength is the limit.`,
    )
  }

  /** All is well with the file again. */
  over(file: SpoolFile): void {
    this.#said.delete(file.path)
  }

  #isNew(file: SpoolFile, problem: string): boolean {
    if (this.#said.get(file.path) === problem) return false
    this.#said.set(file.path, problem)
    return true
  }
}
