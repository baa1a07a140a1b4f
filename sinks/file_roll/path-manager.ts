/** Names of the rolled files, one after the other, as Flume's path managers give them. */
import { join } from 'node:path'
import type { Clock } from '../../src/io/clock.ts'
import type { PathOptions } from './options.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** `20261120130507`, local time. */
const secondText = (timeMs: number): string => {
  const t = new Date(timeMs)
  const date = `${t.getFullYear()}${two(t.getMonth() + 1)}${two(t.getDate())}`
  return `${date}${two(t.getHours())}${two(t.getMinutes())}${two(t.getSeconds())}`
}

export class PathManager {
  readonly #options: PathOptions
  readonly #clock: Clock
  #series: string
  #count = 0

  /** The default manager's series is named after the moment of this call. */
  constructor(options: PathOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#series = options.manager === 'default' ? String(clock.now()) : ''
  }

  /** A path that was not given before. */
  next(): string {
    if (this.#options.manager === 'rolltime') this.#startSecond()
    this.#count++
    const { directory, prefix, extension } = this.#options
    return join(directory, `${prefix}${this.#series}-${this.#count}${extension === '' ? '' : `.${extension}`}`)
  }

  /** Counting begins again in each second. */
  #startSecond(): void {
    const second = secondText(this.#clock.now())
    if (second === this.#series) return
    this.#series = second
    this.#count = 0
  }
}
