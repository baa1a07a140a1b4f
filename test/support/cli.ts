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
  const keep = (stream: keyof typeof printed) => (chunk: Uint8Array | string) => {
    printed[stream] += String(chunk)
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
