import { randomBytes } from 'node:crypto'

/** The randomness port. */
export interface Random {
  /** A number from 0 (in) to 1 (out). */
  next(): number
  bytes(length: number): Buffer
}

export const realRandom: Random = { next: () => Math.random(), bytes: (length) => randomBytes(length) }
