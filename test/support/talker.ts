/** A client of a netcat source that counts what was answered, and the agent file that it talks to: a file channel behind netcat. */
import { connect } from 'node:net'
import { fileRoll, pipeline, type Settings } from './pipelines.ts'

const window = 400

/** netcat → file channel on two data folders → file_roll; data files small, so that they come and go. */
export const netcatToFileChannel = (
  folder: string,
  port: number,
  channel: Settings = {},
  sink: Settings = fileRoll(folder),
): string =>
  pipeline({
    source: { type: 'netcat', bind: '127.0.0.1', port },
    channel: {
      type: 'file',
      capacity: 1_000_000,
      checkpointDir: `${folder}/checkpoint`,
      dataDirs: `${folder}/data1,${folder}/data2`,
      maxFileSize: 1_000_000,
      minimumRequiredSpace: 1_048_576,
      ...channel,
    },
    sink,
  })

/** Sends numbered lines, a window of them at a time, until one is refused. */
export class Talker {
  /** Lines that were answered with OK, from the first on without a gap. */
  acknowledged = 0
  refusals = 0
  readonly #line: (n: number) => string
  readonly #socket
  #sent: number
  #rest = ''

  constructor(port: number, from: number, line: (n: number) => string) {
    this.acknowledged = this.#sent = from
    this.#line = line
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('data', (chunk) => this.#heard(chunk.toString('latin1')))
    this.#socket.on('connect', () => this.#talk())
  }

  /** Lines that went out, answered or not. */
  get sent(): number {
    return this.#sent
  }

  end(): void {
    this.#socket.destroy()
  }

  #heard(text: string): void {
    const replies = (this.#rest + text).split('\n')
    this.#rest = replies.pop() ?? ''
    for (const reply of replies) {
      if (reply === 'OK' && this.refusals === 0) this.acknowledged++
      else if (reply !== 'OK') this.refusals++
    }
    this.#talk()
  }

  #talk(): void {
    if (this.refusals > 0) return
    for (; this.#sent < this.acknowledged + window; this.#sent++) this.#socket.write(`${this.#line(this.#sent)}\n`)
  }
}
