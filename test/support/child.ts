/** A child process of a test: its output is kept, it is waited for by what it prints, and it is ended by its own pid when the scope is left. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ChildOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string | Uint8Array
}

export class Child implements AsyncDisposable {
  readonly process: ChildProcess
  readonly #command: string
  #output = ''
  #stdout: Buffer[] = []
  #stderr: Buffer[] = []
  #listeners = new Set<() => void>()
  #exited: Promise<number | null>
  #ended = false

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.#command = [command, ...args].join(' ')
    this.process = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.process.stdin?.on('error', () => this.#wake())
    if (options.input === undefined) this.process.stdin?.end()
    else this.process.stdin?.end(options.input)
    const collect =
      (stream: Buffer[]) =>
      (chunk: Buffer): void => {
        stream.push(chunk)
        this.#output += chunk.toString('utf8')
        this.#wake()
      }
    this.process.stdout?.on('data', collect(this.#stdout))
    this.process.stderr?.on('data', collect(this.#stderr))
    this.#exited = new Promise((resolve) => {
      this.process.on('error', (error) => {
        this.#output += `\n${error.message}`
        resolve(null)
      })
      this.process.on('close', (code) => resolve(code))
    }).then((code) => {
      this.#ended = true
      this.#wake()
      return code as number | null
    })
  }

  /** Everything printed so far, both streams as they came. */
  get output(): string {
    return this.#output
  }

  /** What stands on standard output so far. */
  get stdout(): Buffer {
    return Buffer.concat(this.#stdout)
  }

  /** What stands on standard error so far. */
  get stderr(): Buffer {
    return Buffer.concat(this.#stderr)
  }

  /** Resolves with the exit code; null after a signal. */
  get exited(): Promise<number | null> {
    return this.#exited
  }

  /** Resolves when the output matches; rejects when the child ends or the time is up before. */
  async printed(pattern: RegExp, limitMs = 50_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(limitMs)
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      if (this.#ended || deadline.aborted) {
        throw new Error(
          `${this.#command}\nnever printed ${String(pattern)}${this.#ended ? ' and ended' : ''}:\n${this.#output.slice(-4000)}`,
        )
      }
      await this.#change(deadline)
    }
  }

  /** How many lines printed so far match. */
  times(pattern: RegExp): number {
    return this.#output.split('\n').filter((line) => pattern.test(line)).length
  }

  /** Sends a signal and resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal)
    return this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    this.process.kill('SIGTERM')
    const limit = AbortSignal.timeout(20_000)
    await Promise.race([this.#exited, once(limit, 'abort')])
    if (this.process.exitCode === null) this.process.kill('SIGKILL')
    await this.#exited
  }

  #wake(): void {
    for (const listener of this.#listeners) listener()
  }

  #change(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#listeners.delete(done)
        deadline.removeEventListener('abort', done)
        resolve()
      }
      this.#listeners.add(done)
      deadline.addEventListener('abort', done)
    })
  }
}

/** Runs a command to its end and gives its output; throws with the output when it exits with anything but 0. */
export const run = async (command: string, args: readonly string[], options: ChildOptions = {}): Promise<string> => {
  const child = new Child(command, args, options)
  const code = await child.exited
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${child.output.slice(-4000)}`)
  return child.output
}
