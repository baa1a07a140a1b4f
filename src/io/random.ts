import { closeSync, openSync, readSync } from 'node:fs'
import { crypto } from '../base/builtins.ts'

/** The randomness port. */
export interface Random {
  /** A number from 0 (in) to 1 (out). */
  next(): number
  /** Unpredictable ones. */
  bytes(length: number): Buffer
}

/** Bytes of the system's own generator, which is what cryptography has them from; undefined where it is no file. */
const systemBytes = (length: number): Buffer | undefined => {
  try {
    const fd = openSync('/dev/urandom', 'r')
    try {
      const bytes = Buffer.alloc(length)
      return readSync(fd, bytes, 0, length, null) === length ? bytes : undefined
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}

export const realRandom: Random = {
  next: () => Math.random(),
  bytes: (length) => systemBytes(length) ?? crypto().randomBytes(length),
}
