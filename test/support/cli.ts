/** A command run inside the test's own process: its exit code and what it printed. */
import { vi } from 'vitest'
import { main } from '../../src/cli/commands.ts'

export interface CliResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const runCli = async (...argv: readonly string[]): Promise<CliResult> => {
  const printed = { out: '', err: '' }
  const keep =
    (stream: keyof typeof printed) =>
    (chunk: Uint8Array | string, ...rest: readonly unknown[]) => {
      printed[stream] += String(chunk)
      const written = rest.at(-1)
      if (typeof written === 'function') queueMicrotask(() => written())
      return true
    }
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'))
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep('err'))
  try {
    return { code: await main(argv), ...printed }
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
}
